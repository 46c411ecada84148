public import Foundation
public import JSON

/// Any object of a Kubernetes API: its whole JSON, with names for the members that every object has.
///
/// The JSON keeps members that nobody here knows, so that what was read can be written back.
public struct KubernetesObject: Sendable, Hashable {
    /// The whole object.
    public var json: JSONValue

    /// Wraps an object.
    ///
    /// - Parameter json: An object with `apiVersion`, `kind` and `metadata`.
    public init(_ json: JSONValue) {
        self.json = json
    }

    /// Makes an object to create or apply.
    ///
    /// - Parameters:
    ///   - kind: What it is.
    ///   - namespace: Its namespace; nil for kinds without.
    ///   - name: Its name.
    ///   - labels: Its labels.
    ///   - annotations: Its annotations.
    ///   - members: What stands beside `metadata`, such as `spec` or `data`.
    public init(
        kind: ResourceKind,
        namespace: String? = nil,
        name: String,
        labels: [String: String] = [:],
        annotations: [String: String] = [:],
        members: JSONObject = [:]
    ) {
        var object: JSONObject = [
            "apiVersion": JSONValue(kind.apiVersion),
            "kind": JSONValue(kind.kind),
            "metadata": ["name": JSONValue(name)],
        ]
        for (key, value) in members {
            object[key] = value
        }
        self.json = .object(object)
        if let namespace { self.json["metadata"]?["namespace"] = JSONValue(namespace) }
        if !labels.isEmpty { self.labels = labels }
        if !annotations.isEmpty { self.annotations = annotations }
    }

    /// Such as `apps/v1`; empty when missing.
    public var apiVersion: String { json["apiVersion"]?.string ?? "" }

    /// Such as `StatefulSet`; empty when missing.
    public var kind: String { json["kind"]?.string ?? "" }

    /// The object's metadata; empty when missing.
    public var metadata: JSONObject { json["metadata"]?.object ?? [:] }

    /// The object's name; empty when missing.
    public var name: String { metadata["name"]?.string ?? "" }

    /// The object's namespace; nil for kinds without.
    public var namespace: String? { metadata["namespace"]?.string }

    /// The object's unique id, which a later object of the same name does not have; empty before it is created.
    public var uid: String { metadata["uid"]?.string ?? "" }

    /// An opaque version for watches and preconditions; empty before it is created.
    public var resourceVersion: String { metadata["resourceVersion"]?.string ?? "" }

    /// Grows with every change of the spec; nil for kinds that do not count.
    public var generation: Int64? { metadata["generation"]?.int }

    /// When the server created it; nil before.
    public var creationTimestamp: Date? { time("creationTimestamp") }

    /// When it is or was due to go; nil while nobody deleted it.
    public var deletionTimestamp: Date? { time("deletionTimestamp") }

    /// Its labels.
    public var labels: [String: String] {
        get { texts("labels") }
        set { set("labels", newValue) }
    }

    /// Its annotations.
    public var annotations: [String: String] {
        get { texts("annotations") }
        set { set("annotations", newValue) }
    }

    /// What is wanted; `.null` when missing.
    public var spec: JSONValue { json["spec"] ?? .null }

    /// What is; `.null` when missing.
    public var status: JSONValue { json["status"] ?? .null }

    /// The data of a ConfigMap or Secret; values of a Secret are base64, see `decodedData(_:)`.
    public var data: JSONObject { json["data"]?.object ?? [:] }

    /// One value of a Secret's data, decoded; nil when it is missing or no base64.
    ///
    /// - Parameter key: Such as `config`.
    /// - Returns: The bytes.
    public func decodedData(_ key: String) -> [UInt8]? {
        data[key]?.string.flatMap { Data(base64Encoded: $0) }.map { [UInt8]($0) }
    }

    /// The status condition of a type, such as `Ready`; nil when there is none.
    ///
    /// - Parameter type: The condition's type.
    /// - Returns: An object with `type`, `status` (`True`, `False` or `Unknown`), `reason` and `message`.
    public func condition(_ type: String) -> JSONValue? {
        status["conditions"]?.array?.first { $0["type"]?.string == type }
    }

    private func time(_ key: String) -> Date? {
        metadata[key]?.string.flatMap(KubernetesTime.parse)
    }

    private func texts(_ key: String) -> [String: String] {
        var texts: [String: String] = [:]
        for (name, value) in metadata[key]?.object ?? [:] {
            texts[name] = value.string
        }
        return texts
    }

    private mutating func set(_ key: String, _ texts: [String: String]) {
        var metadata = metadata
        metadata[key] =
            texts.isEmpty
            ? nil : .object(JSONObject(texts.sorted { $0.key < $1.key }.map { ($0.key, JSONValue($0.value)) }))
        json["metadata"] = .object(metadata)
    }
}

extension KubernetesObject: CustomStringConvertible {
    /// Kind and name without content, since the object may be a Secret.
    public var description: String {
        "\(kind) \(namespace.map { "\($0)/" } ?? "")\(name)"
    }
}

extension KubernetesObject: CustomReflectable {
    /// No children, so that `dump` and default descriptions do not show the content of a Secret.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
