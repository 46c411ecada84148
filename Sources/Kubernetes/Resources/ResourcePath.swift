/// One object of an API server.
public struct ResourcePath: Sendable, Hashable {
    /// What it is.
    public let kind: ResourceKind
    /// Its namespace; nil for kinds without.
    public let namespace: String?
    /// Its name.
    public let name: String
    /// A part of it with an API of its own, such as `status`, `scale` or `log`.
    public let subresource: String?

    /// Names an object; calls with a path that cannot be one fail with kind `configuration`.
    ///
    /// - Parameters:
    ///   - kind: What it is.
    ///   - namespace: Its namespace; nil for kinds without.
    ///   - name: Its name.
    ///   - subresource: A part of it with an API of its own.
    public init(kind: ResourceKind, namespace: String? = nil, name: String, subresource: String? = nil) {
        self.kind = kind
        self.namespace = namespace
        self.name = name
        self.subresource = subresource
    }

    /// The path of the request.
    ///
    /// An empty name would address the whole collection, where a delete would be a disaster, so names are checked.
    func urlPath() throws(KubernetesError) -> String {
        var path = try Self.collectionPath(kind, namespace: namespace)
        guard !kind.isNamespaced || namespace != nil else {
            throw .configuration("\(kind.kind) \(name) needs a namespace")
        }
        path += "/" + (try Self.segment(name, "name of the \(kind.kind)"))
        if let subresource {
            path += "/" + (try Self.segment(subresource, "subresource"))
        }
        return path
    }

    /// The path of all objects of a kind, of one namespace or of all.
    static func collectionPath(_ kind: ResourceKind, namespace: String?) throws(KubernetesError) -> String {
        guard let namespace else { return "\(kind.basePath)/\(kind.plural)" }
        guard kind.isNamespaced else {
            throw .configuration("\(kind.kind) has no namespaces")
        }
        return "\(kind.basePath)/namespaces/\(try segment(namespace, "namespace"))/\(kind.plural)"
    }

    /// Source: Kubernetes documentation, "Object Names and IDs", path segment names.
    private static func segment(_ text: String, _ what: String) throws(KubernetesError) -> String {
        guard !text.isEmpty, text != ".", text != "..", !text.contains("/"), !text.contains("%") else {
            throw .configuration("\"\(text)\" cannot be the \(what)")
        }
        return PercentEncoding.component(text)
    }
}

extension ResourcePath: CustomStringConvertible {
    /// Such as `statefulsets team-a/acme` or `pods team-a/acme-0 (log)`.
    public var description: String {
        let place = namespace.map { "\($0)/" } ?? ""
        return "\(kind.plural) \(place)\(name)" + (subresource.map { " (\($0))" } ?? "")
    }
}
