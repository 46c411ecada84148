public import JSON

extension KubernetesClient {
    /// Creates an object.
    ///
    /// - Parameters:
    ///   - object: Has no uid and no resource version.
    ///   - kind: What it is; nil finds out for the kinds that `ResourceKind` names.
    ///   - timeout: Longest run including retries; nil takes the limit.
    /// - Returns: The object as the server stored it.
    /// - Throws: `KubernetesError`, `alreadyExists` when the name is taken.
    @discardableResult
    public func create(
        _ object: KubernetesObject,
        as kind: ResourceKind? = nil,
        timeout: Duration? = nil
    ) async throws -> KubernetesObject {
        let kind = try kind ?? Self.kind(of: object)
        let collection = ResourceCollection(
            kind: kind,
            namespace: object.namespace,
            labelSelector: nil,
            fieldSelector: nil
        )
        guard !kind.isNamespaced || object.namespace != nil else {
            throw KubernetesError.configuration("\(object) needs a namespace")
        }
        var request = try collection.request(.post, timeout: timeout)
        request.body = object.json.encoded()
        return KubernetesObject(try await json(request))
    }

    /// Creates an object or takes over the fields that are given: server-side apply.
    ///
    /// Fields that the manager applied before and that are missing now are removed by the server.
    ///
    /// - Parameters:
    ///   - object: The fields to own. `managedFields` are left out, since the server refuses them.
    ///   - kind: What it is; nil finds out for the kinds that `ResourceKind` names.
    ///   - fieldManager: Who owns the fields; the same name every time.
    ///   - force: True to take fields from other managers instead of a conflict.
    ///   - timeout: Longest run including retries; nil takes the limit.
    /// - Returns: The object as the server stored it.
    /// - Throws: `KubernetesError`, `conflict` when another manager owns a field and `force` is false.
    @discardableResult
    public func apply(
        _ object: KubernetesObject,
        as kind: ResourceKind? = nil,
        fieldManager: String,
        force: Bool = false,
        timeout: Duration? = nil
    ) async throws -> KubernetesObject {
        let kind = try kind ?? Self.kind(of: object)
        let path = ResourcePath(kind: kind, namespace: object.namespace, name: object.name)
        var request = APIRequest(.patch, try path.urlPath(), of: "\(path)", timeout: timeout)
        request.query = [("fieldManager", fieldManager)]
        if force { request.query.append(("force", "true")) }
        request.contentType = "application/apply-patch+yaml"
        var json = object.json
        json["metadata"]?["managedFields"] = nil
        request.body = json.encoded()
        return KubernetesObject(try await self.json(request))
    }

    /// Changes single members of an object by a JSON merge patch (RFC 7396).
    ///
    /// - Parameters:
    ///   - path: The object, or a subresource of it such as `scale`.
    ///   - patch: Members to change; `null` removes one.
    ///   - format: How the server merges; the strategic one is for built-in kinds only.
    ///   - preconditions: What has to hold, else `conflict`.
    ///   - fieldManager: Who owns the changed fields; nil lets the server choose.
    ///   - timeout: Longest run including retries; nil takes the limit.
    /// - Returns: The object as the server stored it.
    /// - Throws: `KubernetesError`, `conflict` when a precondition does not hold.
    @discardableResult
    public func mergePatch(
        _ path: ResourcePath,
        _ patch: JSONValue,
        format: PatchFormat = .merge,
        preconditions: Preconditions = .none,
        fieldManager: String? = nil,
        timeout: Duration? = nil
    ) async throws -> KubernetesObject {
        var request = APIRequest(.patch, try path.urlPath(), of: "\(path)", timeout: timeout)
        if let fieldManager { request.query = [("fieldManager", fieldManager)] }
        request.contentType = format.rawValue
        // The server compares a uid and resource version in the patch with the object's.
        var metadata: JSONObject = [:]
        if let uid = preconditions.uid { metadata["uid"] = JSONValue(uid) }
        if let version = preconditions.resourceVersion { metadata["resourceVersion"] = JSONValue(version) }
        let guarded = metadata.isEmpty ? patch : patch.mergePatched(by: ["metadata": .object(metadata)])
        request.body = guarded.encoded()
        do {
            return KubernetesObject(try await json(request))
        } catch let error as KubernetesError where error.refusesUID {
            throw KubernetesError(
                kind: .conflict,
                message: "the object is not the one that was meant",
                operation: error.operation,
                status: error.status
            )
        }
    }

    /// Deletes an object.
    ///
    /// - Parameters:
    ///   - path: The object.
    ///   - preconditions: What has to hold, else `conflict`.
    ///   - propagation: What happens to the objects that it owns; nil takes the kind's default.
    ///   - gracePeriod: How long a pod may take to end; nil takes the pod's own. Fractions are cut off.
    ///   - timeout: Longest run including retries; nil takes the limit.
    /// - Throws: `KubernetesError`, `notFound` when there is none, `conflict` when a precondition does not hold.
    /// - Note: Finalizers may keep the object for long after this returns.
    public func delete(
        _ path: ResourcePath,
        preconditions: Preconditions = .none,
        propagation: PropagationPolicy? = nil,
        gracePeriod: Duration? = nil,
        timeout: Duration? = nil
    ) async throws {
        var request = APIRequest(.delete, try path.urlPath(), of: "\(path)", timeout: timeout)
        request.body = Self.deleteOptions(preconditions, propagation, gracePeriod).encoded()
        _ = try await transport.send(request)
    }

    /// Deletes an object that may be missing.
    ///
    /// - Parameters:
    ///   - path: The object.
    ///   - preconditions: What has to hold, else `conflict`.
    ///   - propagation: What happens to the objects that it owns; nil takes the kind's default.
    ///   - gracePeriod: How long a pod may take to end; nil takes the pod's own.
    ///   - timeout: Longest run including retries; nil takes the limit.
    /// - Returns: False when there was no such object.
    /// - Throws: `KubernetesError`, `conflict` when a precondition does not hold.
    @discardableResult
    public func deleteIfPresent(
        _ path: ResourcePath,
        preconditions: Preconditions = .none,
        propagation: PropagationPolicy? = nil,
        gracePeriod: Duration? = nil,
        timeout: Duration? = nil
    ) async throws -> Bool {
        do {
            try await delete(
                path,
                preconditions: preconditions,
                propagation: propagation,
                gracePeriod: gracePeriod,
                timeout: timeout
            )
            return true
        } catch let error as KubernetesError where error.kind == .notFound {
            return false
        }
    }

    /// Deletes all objects of a kind that selectors choose.
    ///
    /// - Parameters:
    ///   - kind: What to delete.
    ///   - namespace: Where; required for kinds with namespaces, since nobody means all of them.
    ///   - labelSelector: Such as `vcluster.loft.sh/managed-by=acme`; nil and no field selector deletes all.
    ///   - fieldSelector: Such as `metadata.name!=keep`.
    ///   - propagation: What happens to the objects that they own; nil takes the kind's default.
    ///   - gracePeriod: How long pods may take to end; nil takes the pods' own.
    ///   - timeout: Longest run including retries; nil takes the limit.
    /// - Throws: `KubernetesError`.
    public func deleteCollection(
        _ kind: ResourceKind,
        namespace: String? = nil,
        labelSelector: String? = nil,
        fieldSelector: String? = nil,
        propagation: PropagationPolicy? = nil,
        gracePeriod: Duration? = nil,
        timeout: Duration? = nil
    ) async throws {
        guard !kind.isNamespaced || namespace != nil else {
            throw KubernetesError.configuration("deleting all \(kind.plural) needs a namespace")
        }
        let collection = ResourceCollection(
            kind: kind,
            namespace: namespace,
            labelSelector: labelSelector,
            fieldSelector: fieldSelector
        )
        var request = try collection.request(.delete, timeout: timeout)
        request.body = Self.deleteOptions(.none, propagation, gracePeriod).encoded()
        _ = try await transport.send(request)
    }

    /// Asks whether this client may do something (`SelfSubjectAccessReview`).
    ///
    /// - Parameters:
    ///   - verb: Such as `create` or `*`.
    ///   - kind: What to do it with.
    ///   - namespace: Where; nil means in all namespaces.
    ///   - timeout: Longest run including retries; nil takes the limit.
    /// - Returns: The server's answer; some authorizers cannot tell and answer false.
    /// - Throws: `KubernetesError`.
    public func isAllowed(
        _ verb: String,
        _ kind: ResourceKind,
        namespace: String? = nil,
        timeout: Duration? = nil
    ) async throws -> Bool {
        let parts = kind.apiVersion.split(separator: "/")
        var attributes: JSONObject = [
            "verb": JSONValue(verb),
            "group": JSONValue(parts.count == 2 ? String(parts[0]) : ""),
            "resource": JSONValue(kind.plural),
        ]
        if let namespace { attributes["namespace"] = JSONValue(namespace) }
        let review: JSONValue = [
            "apiVersion": JSONValue(ResourceKind.selfSubjectAccessReview.apiVersion),
            "kind": JSONValue(ResourceKind.selfSubjectAccessReview.kind),
            "spec": ["resourceAttributes": .object(attributes)],
        ]
        let answer = try await create(KubernetesObject(review), as: .selfSubjectAccessReview, timeout: timeout)
        return answer.status["allowed"]?.bool ?? false
    }

    private static func kind(of object: KubernetesObject) throws(KubernetesError) -> ResourceKind {
        guard let kind = ResourceKind.known(apiVersion: object.apiVersion, kind: object.kind) else {
            throw .configuration("\(object.apiVersion) \(object.kind) is no known kind; name it")
        }
        return kind
    }

    private static func deleteOptions(
        _ preconditions: Preconditions,
        _ propagation: PropagationPolicy?,
        _ gracePeriod: Duration?
    ) -> JSONValue {
        var options: JSONObject = ["apiVersion": "v1", "kind": "DeleteOptions"]
        var conditions: JSONObject = [:]
        if let uid = preconditions.uid { conditions["uid"] = JSONValue(uid) }
        if let version = preconditions.resourceVersion { conditions["resourceVersion"] = JSONValue(version) }
        if !conditions.isEmpty { options["preconditions"] = .object(conditions) }
        if let propagation { options["propagationPolicy"] = JSONValue(propagation.rawValue) }
        if let gracePeriod { options["gracePeriodSeconds"] = JSONValue(gracePeriod.components.seconds) }
        return .object(options)
    }
}

extension KubernetesError {
    /// True for the 422 with which a server answers a patch that names another uid than the object's.
    fileprivate var refusesUID: Bool {
        kind == .invalid && status?.causes.contains { $0.field == "metadata.uid" } == true
    }
}

/// How an API server merges a patch into an object.
public enum PatchFormat: String, Sendable, Hashable {
    /// JSON merge patch (RFC 7396): lists are replaced, and `null` removes a member.
    case merge = "application/merge-patch+json"
    /// Kubernetes' own: lists are merged by their keys. What kubectl sends for built-in kinds.
    case strategic = "application/strategic-merge-patch+json"
}

/// What has to hold for a change to happen.
public struct Preconditions: Sendable, Hashable {
    /// The object's uid: it is still the same object, not a new one of the same name.
    public let uid: String?
    /// The object's version: nobody changed it since it was read.
    public let resourceVersion: String?

    /// Nothing has to hold.
    public static let none = Preconditions()

    /// Makes preconditions.
    ///
    /// - Parameters:
    ///   - uid: The uid that the object must have.
    ///   - resourceVersion: The version that the object must have.
    public init(uid: String? = nil, resourceVersion: String? = nil) {
        self.uid = uid
        self.resourceVersion = resourceVersion
    }
}

/// What a delete does to the objects that the deleted one owns.
///
/// Source: Kubernetes documentation, "Garbage Collection".
public enum PropagationPolicy: String, Sendable, Hashable {
    /// They go in the background, after the owner.
    case background = "Background"
    /// The owner stays until they are gone.
    case foreground = "Foreground"
    /// They stay without an owner.
    case orphan = "Orphan"
}
