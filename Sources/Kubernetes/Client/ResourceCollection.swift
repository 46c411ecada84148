/// The objects of a kind that selectors choose.
struct ResourceCollection: Sendable {
    /// What they are.
    let kind: ResourceKind
    /// Where they are; nil means everywhere.
    let namespace: String?
    /// Such as `app=vcluster`.
    let labelSelector: String?
    /// Such as `metadata.name=acme`.
    let fieldSelector: String?

    /// A request to the collection with its selectors.
    func request(_ method: APIRequest.Method, timeout: Duration?) throws(KubernetesError) -> APIRequest {
        let path = try ResourcePath.collectionPath(kind, namespace: namespace)
        let place = namespace.map { " \($0)/" } ?? ""
        var request = APIRequest(method, path, of: kind.plural + place, timeout: timeout)
        if let labelSelector { request.query.append(("labelSelector", labelSelector)) }
        if let fieldSelector { request.query.append(("fieldSelector", fieldSelector)) }
        return request
    }
}
