import Foundation
import JSON
import Subprocess
import SystemPackage

/// What a credential plugin printed.
struct PluginCredential: Sendable {
    /// A bearer token; nil when the plugin gave a certificate only.
    let token: Redacted<String>?
    /// A client certificate; nil when the plugin gave a token only.
    let certificate: ClientCertificate?
    /// When to ask again; nil when it holds until the server refuses it.
    let expiresAt: Date?
}

extension CredentialPlugin {
    /// Versions of the protocol that are spoken; v1alpha1 left Kubernetes 1.24.
    static let apiVersions = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"]

    /// The `spec.cluster` of `KUBERNETES_EXEC_INFO`.
    static func clusterInfo(of endpoint: KubernetesEndpoint, cluster: JSONObject) -> JSONValue {
        var info: JSONValue = ["server": JSONValue(endpoint.server.url)]
        if let name = endpoint.tlsServerName { info["tls-server-name"] = JSONValue(name) }
        if let proxy = cluster["proxy-url"] { info["proxy-url"] = proxy }
        switch endpoint.trust {
        case .system: break
        case .insecure: info["insecure-skip-tls-verify"] = true
        case .authorities(let pem): info["certificate-authority-data"] = JSONValue(Data(pem).base64EncodedString())
        }
        let config = cluster["extensions"]?.array?.first { $0["name"]?.string == "client.authentication.k8s.io/exec" }
        if let config = config?["extension"] { info["config"] = config }
        return info
    }

    /// Runs the plugin and reads the credential that it prints.
    ///
    /// The process is terminated, and killed if it lingers, when it runs too long or the caller is cancelled.
    ///
    /// - Throws: `KubernetesError` of kind `credentials`, `CancellationError`.
    func run(limits: KubernetesLimits) async throws -> PluginCredential {
        var variables: [Environment.Key: String?] = [:]
        for (name, value) in environment.reveal() {
            variables[Environment.Key(stringLiteral: name)] = value
        }
        variables["KUBERNETES_EXEC_INFO"] = execInfo.encodedString()
        let environment = Environment.inherit.updating(variables)
        let printed: [UInt8]
        do {
            printed = try await withDeadline(limits.pluginDuration) {
                try await output(in: environment, bytesMax: limits.pluginOutputBytesMax)
            }
        } catch let error as SubprocessError {
            let hint = installHint.map { " \($0)" } ?? ""
            throw KubernetesError.credentials(
                "the credential plugin \(command) cannot be run.\(hint)",
                underlying: error
            )
        } catch is DeadlineExceeded {
            throw KubernetesError.credentials("the credential plugin \(command) took too long")
        }
        return try credential(from: printed)
    }

    /// The document that tells the plugin what is wanted.
    private var execInfo: JSONValue {
        var spec: JSONValue = ["interactive": false]
        if let clusterInfo { spec["cluster"] = clusterInfo }
        return ["apiVersion": JSONValue(apiVersion), "kind": "ExecCredential", "spec": spec]
    }

    private func output(in environment: Environment, bytesMax: Int) async throws -> [UInt8] {
        var options = PlatformOptions()
        options.teardownSequence = [.gracefulShutDown(allowedDurationToNextStep: .seconds(2))]
        let result = try await Subprocess.run(
            command.contains("/") ? .path(FilePath(command)) : .name(command),
            arguments: Arguments(arguments),
            environment: environment,
            platformOptions: options,
            output: .bytes(limit: bytesMax),
            error: .bytes(limit: bytesMax)
        )
        guard result.terminationStatus.isSuccess else {
            // Plugins print what is wrong, such as an expired login; it goes to the log with the last lines.
            let text = String(decoding: result.standardError.suffix(2048), as: UTF8.self)
            throw KubernetesError.credentials(
                "the credential plugin \(command) failed",
                underlying: PluginFailure(status: "\(result.terminationStatus)", standardError: text)
            )
        }
        return result.standardOutput
    }

    /// Reads an `ExecCredential`.
    func credential(from output: [UInt8]) throws(KubernetesError) -> PluginCredential {
        let document: JSONValue
        do {
            document = try JSONValue(parsing: output)
        } catch {
            throw .credentials("the credential plugin \(command) did not print JSON", underlying: error)
        }
        guard document["kind"]?.string == "ExecCredential", document["apiVersion"]?.string == apiVersion else {
            throw .credentials("the credential plugin \(command) did not print an ExecCredential of \(apiVersion)")
        }
        let status = document["status"]
        let token = status?["token"]?.string.flatMap { $0.isEmpty ? nil : Redacted($0) }
        var certificate: ClientCertificate?
        switch (status?["clientCertificateData"]?.string, status?["clientKeyData"]?.string) {
        case (.some(let chain), .some(let key)):
            certificate = ClientCertificate(chain: Array(chain.utf8), key: Redacted(Array(key.utf8)))
        case (.none, .none): break
        default: throw .credentials("the credential plugin \(command) printed half of a client certificate")
        }
        guard token != nil || certificate != nil else {
            throw .credentials("the credential plugin \(command) printed no credential")
        }
        var expiresAt: Date?
        if let text = status?["expirationTimestamp"]?.string {
            guard let date = KubernetesTime.parse(text) else {
                throw .credentials("the credential plugin \(command) printed a wrong expiry")
            }
            expiresAt = date
        }
        return PluginCredential(token: token, certificate: certificate, expiresAt: expiresAt)
    }
}

/// How a plugin ended, for the log.
private struct PluginFailure: Error, CustomStringConvertible {
    let status: String
    let standardError: String

    var description: String { "\(status): \(standardError)" }
}
