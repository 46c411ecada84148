import JSON
import Kubernetes
import Logging

/// What a vcluster's own API server answered.
struct TenantProbeResult: Sendable, Equatable {
    /// Whether it is ready; nil when it cannot be asked from where the portal runs.
    var isReady: Bool?
    /// Its version, `v1.33.4`.
    var version: String?
    /// Whether the default service account inside exists, so that pods can be made; nil when not known.
    var hasDefaultServiceAccount: Bool?
    /// Why it is not ready, for the health check.
    var message = ""
}

/// Asks a vcluster's own API server how it is; a protocol, so that tests need no server.
protocol TenantProbe: Sendable {
    /// Asks by a kubeconfig whose server address works from outside.
    ///
    /// - Parameters:
    ///   - kubeconfig: YAML.
    ///   - isReachable: Whether the address is one that the portal should be able to reach. A failure to connect says
    ///     nothing about the vcluster when it is not.
    /// - Returns: What it answered; not answering is a result too.
    /// - Throws: `CancellationError` only.
    func probe(kubeconfig: String, isReachable: Bool) async throws -> TenantProbeResult
}

/// The probe over the network.
struct NetworkTenantProbe: TenantProbe {
    let limits: HostLimits
    let logger: Logger

    func probe(kubeconfig: String, isReachable: Bool) async throws -> TenantProbeResult {
        var bounds = KubernetesLimits.standard
        bounds.requestDuration = limits.tenantProbeTimeout
        bounds.connectDuration = limits.tenantProbeTimeout
        bounds.attemptsMax = 1
        do {
            let endpoint = try KubeConfig(yaml: kubeconfig).resolve()
            let client = try KubernetesClient(endpoint: endpoint, limits: bounds, logger: logger)
            do {
                let result = try await ask(client)
                await client.close()
                return result
            } catch {
                await client.close()
                throw error
            }
        } catch let error as KubernetesError {
            return Self.result(of: error, isReachable: isReachable)
        }
    }

    private func ask(_ client: KubernetesClient) async throws -> TenantProbeResult {
        try await client.readyz()
        var result = TenantProbeResult(isReady: true)
        result.version = try await client.version().gitVersion
        let path = ResourcePath(kind: .serviceAccount, namespace: "default", name: "default")
        result.hasDefaultServiceAccount = try await client.getIfPresent(path) != nil
        if result.hasDefaultServiceAccount == false {
            result.isReady = false
            result.message = "The default service account inside does not exist yet."
        }
        return result
    }

    static func result(of error: KubernetesError, isReachable: Bool) -> TenantProbeResult {
        switch error.kind {
        case .unreachable, .timeout, .tls:
            TenantProbeResult(
                isReady: isReachable ? false : nil,
                message: isReachable
                    ? "The API server does not answer yet."
                    : "The API server cannot be reached from where the portal runs."
            )
        default:
            TenantProbeResult(isReady: false, message: "The API server answers that \(error.message).")
        }
    }
}
