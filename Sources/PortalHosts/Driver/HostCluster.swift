import JSON
import Kubernetes
import Portal

/// The host's Kubernetes API as the driver uses it: absent objects are nil, errors are `HostError`.
struct HostCluster: Sendable {
    let client: KubernetesClient
    let hostName: String
    let limits: HostLimits

    /// Reads an object; nil when it does not exist.
    func find(_ kind: ResourceKind, _ name: String, in namespace: String? = nil) async throws -> KubernetesObject? {
        do {
            return try await client.get(ResourcePath(kind: kind, namespace: namespace, name: name))
        } catch let error as KubernetesError where error.kind == .notFound {
            return nil
        } catch {
            throw explain(error)
        }
    }

    /// Lists objects; a kind that the host does not serve has none.
    func list(
        _ kind: ResourceKind,
        in namespace: String? = nil,
        labels: String? = nil,
        fields: String? = nil
    ) async throws -> [KubernetesObject] {
        do {
            return try await client.list(kind, namespace: namespace, labelSelector: labels, fieldSelector: fields)
        } catch let error as KubernetesError where error.kind == .notFound {
            return []
        } catch {
            throw explain(error)
        }
    }

    /// Changes members of an object; nil when it does not exist.
    ///
    /// The patches of this driver have no lists, so both formats mean the same. Built-in kinds get the one that kubectl
    /// sends, which every API server has seen most of.
    @discardableResult
    func patch(
        _ kind: ResourceKind,
        _ name: String,
        in namespace: String? = nil,
        with patch: JSONValue
    ) async throws -> KubernetesObject? {
        do {
            return try await client.mergePatch(
                ResourcePath(kind: kind, namespace: namespace, name: name),
                patch,
                format: .strategic
            )
        } catch let error as KubernetesError where error.kind == .notFound {
            return nil
        } catch {
            throw explain(error)
        }
    }

    /// Creates an object; nil when one of the name is there already.
    func create(_ object: KubernetesObject) async throws -> KubernetesObject? {
        do {
            return try await client.create(object)
        } catch let error as KubernetesError where error.kind == .alreadyExists {
            return nil
        } catch {
            throw explain(error)
        }
    }

    /// Deletes an object if it is there; its dependants go in the background.
    ///
    /// With a uid another object that took the name meanwhile is left alone.
    func delete(
        _ kind: ResourceKind,
        _ name: String,
        in namespace: String? = nil,
        uid: String? = nil
    ) async throws {
        do {
            let path = ResourcePath(kind: kind, namespace: namespace, name: name)
            try await client.delete(path, preconditions: Preconditions(uid: uid))
        } catch let error as KubernetesError where error.kind == .conflict && uid != nil {
            return
        } catch let error as KubernetesError where error.kind == .notFound {
            return
        } catch {
            throw explain(error)
        }
    }

    /// The last lines that a container has printed; empty when they cannot be read.
    func logTail(of pod: KubernetesObject, container: String) async -> String {
        let path =
            "/api/v1/namespaces/\(pod.namespace ?? "")/pods/\(pod.name)/log?container=\(container)"
            + "&tailLines=\(limits.snapshotLogLines)&limitBytes=\(limits.snapshotLogBytes)"
        let bytes = try? await client.rawGet(path)
        return String(decoding: bytes ?? [], as: UTF8.self)
    }

    /// Deletes all objects that a selector matches, and answers how many there were.
    @discardableResult
    func deleteAll(_ kind: ResourceKind, in namespace: String? = nil, labels: String) async throws -> Int {
        let objects = try await list(kind, in: namespace, labels: labels)
        for object in objects where object.deletionTimestamp == nil {
            try await delete(kind, object.name, in: object.namespace)
        }
        return objects.count
    }

    /// An error of the client as one of the host.
    func explain(_ error: any Error) -> any Error {
        guard let error = error as? KubernetesError else { return error }
        return HostError(kubernetes: error, host: hostName)
    }
}

extension HostError {
    /// What a failed call to a host's Kubernetes API means for people.
    init(kubernetes error: KubernetesError, host: String) {
        let detail = error.debugDescription
        switch error.kind {
        case .unreachable:
            self.init(
                .hostUnreachable,
                "Host \(host) does not answer. Check that the cluster is up and that the portal can reach its API.",
                detail: detail
            )
        case .timeout:
            self.init(
                .hostUnreachable,
                "Host \(host) did not answer in time. It may be overloaded; the portal tries again.",
                detail: detail
            )
        case .unavailable, .tooManyRequests:
            self.init(
                .hostUnreachable,
                "The API server of host \(host) cannot answer at the moment. The portal tries again.",
                detail: detail
            )
        case .tls:
            self.init(
                .hostUnreachable,
                "The certificate of host \(host) is not trusted. Check certificate-authority and tls-server-name in the"
                    + " host's kubeconfig.",
                isTransient: false,
                detail: detail
            )
        case .unauthorized, .credentials, .configuration:
            self.init(
                .credentialsRejected,
                "Host \(host) does not accept the stored credentials: \(error.message). Store a new kubeconfig for the"
                    + " host and retry.",
                detail: detail
            )
        case .forbidden where error.isQuotaExceeded:
            self.init(
                .hostQuotaExceeded,
                "A quota on host \(host) does not leave room. Ask the host's administrator for more.",
                detail: detail
            )
        case .forbidden:
            self.init(
                .permissionDenied,
                "The portal lacks a permission on host \(host): \(error.operation ?? "unknown request"). Grant it to"
                    + " the portal's account there and retry.",
                detail: detail
            )
        case .notFound:
            self.init(.notFound, "An object is missing on host \(host): \(error.description).", detail: detail)
        case .conflict, .alreadyExists, .gone:
            self.init(
                .releaseConflict,
                "Something else changed the same object on host \(host). The portal tries again.",
                isTransient: true,
                detail: detail
            )
        case .invalid, .rejected, .tooLarge, .malformedResponse, .closed:
            self.init(
                .unknown,
                "Host \(host) refused a request: \(error.message). Look at the server's log for the details.",
                isTransient: error.kind == .closed,
                detail: detail
            )
        }
    }
}
