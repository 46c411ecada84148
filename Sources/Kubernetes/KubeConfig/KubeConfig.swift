import JSON

/// Clusters, users and contexts of one or several kubeconfig documents.
///
/// Parsing keeps the documents as they are; `resolve(context:)` checks and reads what one context needs, so a
/// broken entry that nobody uses does no harm. Source: Kubernetes reference, "kubeconfig (v1)".
public struct KubeConfig: Sendable {
    /// The context that is used when none is named; nil when the document names none.
    public private(set) var currentContext: String?
    /// Names of the contexts in the order of the documents.
    public private(set) var contextNames: [String] = []

    /// The contexts by name.
    private(set) var contexts: [String: Entry] = [:]
    /// The clusters by name.
    private(set) var clusters: [String: Entry] = [:]
    /// The users by name.
    private(set) var users: [String: Entry] = [:]

    /// One named entry and what may be read on its behalf.
    struct Entry: Sendable {
        /// Users hold secrets in many members, so the whole entry is treated as one.
        let fields: Redacted<JSONObject>
        /// What the document that it stands in may make this process do.
        let trust: KubeConfigTrust
    }

    /// Parses one document.
    ///
    /// - Parameters:
    ///   - yaml: A kubeconfig in YAML or JSON.
    ///   - trust: What the document may make this process do. The default is for documents of others, such as
    ///     an uploaded one: only what is inside of the document counts.
    ///   - limits: Bounds of the document's size.
    /// - Throws: `KubernetesError` of kind `configuration`.
    public init(
        yaml: String,
        trust: KubeConfigTrust = .inlineOnly,
        limits: KubernetesLimits = .standard
    ) throws(KubernetesError) {
        try self.init(document: YAMLDocument.parse(yaml, limits: limits), trust: trust)
    }

    /// Reads a document that is parsed already.
    init(document: JSONValue, trust: KubeConfigTrust) throws(KubernetesError) {
        guard let document = document.object else {
            throw .configuration("a kubeconfig is a mapping with clusters, users and contexts")
        }
        if let kind = document["kind"], kind.string != "Config" {
            throw .configuration("not a kubeconfig: its kind is not Config")
        }
        currentContext = try KubeConfigReader(document, at: "kubeconfig").string("current-context")
        contexts = try Self.entries(document, list: "contexts", member: "context", trust: trust, names: &contextNames)
        var ignored: [String] = []
        clusters = try Self.entries(document, list: "clusters", member: "cluster", trust: trust, names: &ignored)
        users = try Self.entries(document, list: "users", member: "user", trust: trust, names: &ignored)
    }

    /// Adds what another document has and this one lacks: the first document wins, entry by entry.
    ///
    /// Source: Kubernetes documentation, "Merging kubeconfig files".
    ///
    /// - Parameter other: A document that stands later in the list.
    public mutating func merge(_ other: KubeConfig) {
        currentContext = currentContext ?? other.currentContext
        contextNames += other.contextNames.filter { contexts[$0] == nil }
        contexts.merge(other.contexts) { first, _ in first }
        clusters.merge(other.clusters) { first, _ in first }
        users.merge(other.users) { first, _ in first }
    }

    /// Reads a list of `{name: …, <member>: {…}}`; a repeated name keeps its first entry, as in client-go.
    private static func entries(
        _ document: JSONObject,
        list: String,
        member: String,
        trust: KubeConfigTrust,
        names: inout [String]
    ) throws(KubernetesError) -> [String: Entry] {
        guard let value = document[list], !value.isNull else { return [:] }
        guard let elements = value.array else { throw .configuration("\(list) of the kubeconfig is no list") }
        var entries: [String: Entry] = [:]
        for (index, element) in elements.enumerated() {
            guard let name = element["name"]?.kubeConfigText, !name.isEmpty else {
                throw .configuration("\(list)[\(index)] of the kubeconfig has no name")
            }
            guard entries[name] == nil else { continue }
            let fields = element[member] ?? .null
            guard fields.isNull || fields.object != nil else {
                throw .configuration("\(list)[\(index)].\(member) of the kubeconfig is no mapping")
            }
            entries[name] = Entry(fields: Redacted(fields.object ?? [:]), trust: trust)
            names.append(name)
        }
        return entries
    }
}

extension KubeConfig: CustomStringConvertible {
    /// The names of the contexts; never anything of the users.
    public var description: String {
        "kubeconfig with contexts \(contextNames.joined(separator: ", "))"
    }
}

/// What a kubeconfig may make this process do besides connecting.
public enum KubeConfigTrust: Sendable, Hashable {
    /// Nothing: files and commands that the document names are refused. For documents that come from a person
    /// or the database, who must not read this machine's files or run programs on it.
    case inlineOnly
    /// Read files and run credential plugins, as kubectl does; relative paths start at `directory`.
    case full(directory: String)
}
