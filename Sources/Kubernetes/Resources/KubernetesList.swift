import JSON

/// All objects of a kind at one moment.
public struct KubernetesList: Sendable, Hashable {
    /// The objects in the server's order, which is by namespace and name.
    public let items: [KubernetesObject]
    /// The version of the moment; a watch from here misses nothing.
    public let resourceVersion: String
}

/// One page of a list as the server sends it.
struct KubernetesPage {
    /// The objects of the page, complete with kind and version.
    let items: [KubernetesObject]
    /// The version of the whole list.
    let resourceVersion: String
    /// The token of the next page; nil on the last.
    let nextToken: String?

    /// Reads a list and gives its items the `kind` and `apiVersion` that they lack in it.
    init(json: JSONValue, kind: ResourceKind) throws(KubernetesError) {
        guard let elements = json["items"]?.array ?? (json["items"]?.isNull == true ? [] : nil),
            let metadata = json["metadata"]
        else {
            throw KubernetesError(kind: .malformedResponse, message: "the server did not answer with a list")
        }
        items = elements.map { element in
            var object: JSONObject = ["apiVersion": JSONValue(kind.apiVersion), "kind": JSONValue(kind.kind)]
            for (key, value) in element.object ?? [:] {
                object[key] = value
            }
            return KubernetesObject(.object(object))
        }
        resourceVersion = metadata["resourceVersion"]?.string ?? ""
        nextToken = metadata["continue"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    }
}
