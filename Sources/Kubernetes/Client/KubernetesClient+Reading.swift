import JSON

extension KubernetesClient {
    /// Reads one object.
    ///
    /// - Parameters:
    ///   - path: The object.
    ///   - timeout: Longest run including retries; nil takes the limit.
    /// - Returns: The whole object.
    /// - Throws: `KubernetesError`, `notFound` when there is none.
    public func get(_ path: ResourcePath, timeout: Duration? = nil) async throws -> KubernetesObject {
        let request = APIRequest(.get, try path.urlPath(), of: "\(path)", timeout: timeout)
        return KubernetesObject(try await json(request))
    }

    /// Reads one object that may be missing.
    ///
    /// - Parameters:
    ///   - path: The object.
    ///   - timeout: Longest run including retries; nil takes the limit.
    /// - Returns: Nil when there is no such object; a missing API is the same to the server.
    /// - Throws: `KubernetesError`.
    public func getIfPresent(_ path: ResourcePath, timeout: Duration? = nil) async throws -> KubernetesObject? {
        do {
            return try await get(path, timeout: timeout)
        } catch let error as KubernetesError where error.kind == .notFound {
            return nil
        }
    }

    /// Lists objects; see `snapshot` for the version of the list.
    ///
    /// - Parameters:
    ///   - kind: What to list.
    ///   - namespace: Nil lists all namespaces.
    ///   - labelSelector: Such as `app=vcluster,release in (a,b)`.
    ///   - fieldSelector: Such as `status.phase=Running`.
    ///   - timeout: Longest run of one page including retries; nil takes the limit.
    /// - Returns: All objects, by namespace and name.
    /// - Throws: `KubernetesError`, `tooLarge` beyond `KubernetesLimits.listItemsMax`.
    public func list(
        _ kind: ResourceKind,
        namespace: String? = nil,
        labelSelector: String? = nil,
        fieldSelector: String? = nil,
        timeout: Duration? = nil
    ) async throws -> [KubernetesObject] {
        try await snapshot(
            kind,
            namespace: namespace,
            labelSelector: labelSelector,
            fieldSelector: fieldSelector,
            timeout: timeout
        ).items
    }

    /// Lists objects together with the version from which a watch misses nothing.
    ///
    /// The list is read page by page. When its continue token expires in between (410) it starts over, and in the
    /// last attempt it is asked for in one piece.
    ///
    /// - Parameters:
    ///   - kind: What to list.
    ///   - namespace: Nil lists all namespaces.
    ///   - labelSelector: Such as `app=vcluster`.
    ///   - fieldSelector: Such as `status.phase=Running`.
    ///   - timeout: Longest run of one page including retries; nil takes the limit.
    /// - Returns: All objects, by namespace and name, and the version of the moment.
    /// - Throws: `KubernetesError`, `tooLarge` beyond `KubernetesLimits.listItemsMax`.
    public func snapshot(
        _ kind: ResourceKind,
        namespace: String? = nil,
        labelSelector: String? = nil,
        fieldSelector: String? = nil,
        timeout: Duration? = nil
    ) async throws -> KubernetesList {
        let collection = ResourceCollection(
            kind: kind,
            namespace: namespace,
            labelSelector: labelSelector,
            fieldSelector: fieldSelector
        )
        return try await snapshot(of: collection, timeout: timeout)
    }

    /// Lists a collection and starts over when its continue token expires.
    func snapshot(of collection: ResourceCollection, timeout: Duration?) async throws -> KubernetesList {
        var restarts = 0
        while true {
            do {
                let isLast = restarts == limits.listRestartsMax
                return try await pages(of: collection, pageItems: isLast ? nil : limits.listPageItems, timeout: timeout)
            } catch let error as KubernetesError where error.kind == .gone && restarts < limits.listRestartsMax {
                restarts += 1
            }
        }
    }

    /// Reads all pages; `pageItems` nil asks for one page with everything.
    private func pages(
        of collection: ResourceCollection,
        pageItems: Int?,
        timeout: Duration?
    ) async throws -> KubernetesList {
        var items: [KubernetesObject] = []
        var token: String?
        repeat {
            var request = try collection.request(.get, timeout: timeout)
            if let pageItems { request.query.append(("limit", "\(pageItems)")) }
            if let token { request.query.append(("continue", token)) }
            let page: KubernetesPage
            do {
                page = try KubernetesPage(json: try await json(request), kind: collection.kind)
            } catch let error as KubernetesError {
                throw error.during(request.operation)
            }
            items += page.items
            guard items.count <= limits.listItemsMax else {
                throw KubernetesError(
                    kind: .tooLarge,
                    message: "the list has more than \(limits.listItemsMax) objects",
                    operation: request.operation
                )
            }
            guard let next = page.nextToken else {
                return KubernetesList(items: items, resourceVersion: page.resourceVersion)
            }
            guard next != token else {
                throw KubernetesError(
                    kind: .malformedResponse,
                    message: "the server sends the same page of a list again and again",
                    operation: request.operation
                )
            }
            token = next
        } while true
    }

    /// Reads a path that is no object, such as `/healthz` or one of an aggregated API.
    ///
    /// - Parameters:
    ///   - path: Percent-encoded, with a leading slash and optionally a query.
    ///   - timeout: Longest run including retries; nil takes the limit.
    /// - Returns: The body as it came.
    /// - Throws: `KubernetesError`.
    public func rawGet(_ path: String, timeout: Duration? = nil) async throws -> [UInt8] {
        guard path.hasPrefix("/"), path.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw KubernetesError.configuration("a raw path starts with a slash and has no blanks")
        }
        let subject = path.split(separator: "?", maxSplits: 1).first.map(String.init) ?? path
        return try await transport.send(APIRequest(.get, path, of: subject, timeout: timeout)).body
    }

    /// The version of the API server.
    ///
    /// - Parameter timeout: Longest run including retries; nil takes the limit.
    /// - Returns: What `/version` says.
    /// - Throws: `KubernetesError`.
    public func version(timeout: Duration? = nil) async throws -> KubernetesVersion {
        let request = APIRequest(.get, "/version", of: "version", timeout: timeout)
        guard let version = KubernetesVersion(json: try await json(request)) else {
            throw KubernetesError(
                kind: .malformedResponse,
                message: "the server does not answer like a Kubernetes API",
                operation: request.operation
            )
        }
        return version
    }

    /// Asks whether the API server is ready to serve.
    ///
    /// - Parameter timeout: Longest run including retries; nil takes the limit.
    /// - Throws: `KubernetesError`, `unavailable` while it is not ready.
    public func readyz(timeout: Duration? = nil) async throws {
        _ = try await rawGet("/readyz", timeout: timeout)
    }

    /// Sends a request and parses its answer.
    func json(_ request: APIRequest) async throws -> JSONValue {
        let response = try await transport.send(request)
        do {
            let limits = JSONLimits(documentBytesMax: limits.responseBytesMax)
            return try JSONValue(parsing: response.body, limits: limits)
        } catch {
            throw KubernetesError(
                kind: .malformedResponse,
                message: "the server does not answer with JSON",
                operation: request.operation,
                underlying: error
            )
        }
    }
}
