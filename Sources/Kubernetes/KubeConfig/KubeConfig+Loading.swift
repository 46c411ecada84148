import Foundation
import JSON

extension KubeConfig {
    /// Where Kubernetes puts the service account of a pod.
    ///
    /// Source: Kubernetes documentation, "Accessing the Kubernetes API from a Pod".
    public static let serviceAccountDirectory = "/var/run/secrets/kubernetes.io/serviceaccount"

    /// Reads one kubeconfig file of this machine; it may name files and plugins.
    ///
    /// - Parameters:
    ///   - path: The file. Relative paths inside of it start at its directory.
    ///   - limits: Bounds of the file's size.
    /// - Returns: Its clusters, users and contexts.
    /// - Throws: `KubernetesError` of kind `configuration`.
    public static func load(
        path: String,
        limits: KubernetesLimits = .standard
    ) throws(KubernetesError) -> KubeConfig {
        let bytes = try CredentialFile.read(path, bytesMax: limits.kubeConfigBytesMax, what: "kubeconfig")
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw .configuration("the kubeconfig \(path) is not UTF-8")
        }
        let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
        do {
            return try KubeConfig(yaml: text, trust: .full(directory: directory), limits: limits)
        } catch {
            throw .configuration("\(path): \(error.message)")
        }
    }

    /// Reads a list as in the variable `KUBECONFIG`: the first file wins entry by entry, absent ones are skipped.
    ///
    /// - Parameters:
    ///   - list: Paths separated by colons.
    ///   - limits: Bounds of each file's size.
    /// - Returns: All files merged.
    /// - Throws: `KubernetesError` of kind `configuration`, also when no file of the list exists.
    public static func load(
        list: String,
        limits: KubernetesLimits = .standard
    ) throws(KubernetesError) -> KubeConfig {
        var merged: KubeConfig?
        for path in list.split(separator: ":").map(String.init) where FileManager.default.fileExists(atPath: path) {
            let next = try load(path: path, limits: limits)
            if merged == nil {
                merged = next
            } else {
                merged?.merge(next)
            }
        }
        guard let merged else { throw .configuration("none of the kubeconfig files exists: \(list)") }
        return merged
    }

    /// Finds the configuration as kubectl does: `KUBECONFIG`, then `~/.kube/config`, then the pod's service account.
    ///
    /// - Parameters:
    ///   - environment: The variables to look at; nil takes the process's own.
    ///   - limits: Bounds of each file's size.
    /// - Returns: The first configuration found.
    /// - Throws: `KubernetesError` of kind `configuration` when there is none.
    public static func loadDefault(
        environment: [String: String]? = nil,
        limits: KubernetesLimits = .standard
    ) throws(KubernetesError) -> KubeConfig {
        let environment = environment ?? ProcessInfo.processInfo.environment
        if let list = environment["KUBECONFIG"], !list.isEmpty {
            return try load(list: list, limits: limits)
        }
        if let home = environment["HOME"], !home.isEmpty {
            let path = home + "/.kube/config"
            if FileManager.default.fileExists(atPath: path) {
                return try load(path: path, limits: limits)
            }
        }
        return try inCluster(environment: environment)
    }

    /// The configuration of a pod, from its environment and its service account.
    ///
    /// - Parameters:
    ///   - environment: Has `KUBERNETES_SERVICE_HOST` and `KUBERNETES_SERVICE_PORT` in every pod; nil takes the
    ///     process's own.
    ///   - directory: Has `token`, `ca.crt` and `namespace`.
    /// - Returns: A configuration with the one context `in-cluster`.
    /// - Throws: `KubernetesError` of kind `configuration` outside of a pod.
    public static func inCluster(
        environment: [String: String]? = nil,
        directory: String = serviceAccountDirectory
    ) throws(KubernetesError) -> KubeConfig {
        let environment = environment ?? ProcessInfo.processInfo.environment
        guard let host = environment["KUBERNETES_SERVICE_HOST"], !host.isEmpty,
            let port = environment["KUBERNETES_SERVICE_PORT"], !port.isEmpty
        else {
            throw .configuration("there is no kubeconfig, and this process does not run in a Kubernetes pod")
        }
        let namespace = try? CredentialFile.read(directory + "/namespace", bytesMax: 253, what: "namespace")
        let bracketed = host.contains(":") ? "[\(host)]" : host
        let document: JSONValue = [
            "current-context": "in-cluster",
            "clusters": [
                [
                    "name": "in-cluster",
                    "cluster": [
                        "server": "https://\(bracketed):\(port)",
                        "certificate-authority": "ca.crt",
                    ],
                ]
            ],
            "users": [["name": "in-cluster", "user": ["tokenFile": "token"]]],
            "contexts": [
                [
                    "name": "in-cluster",
                    "context": [
                        "cluster": "in-cluster",
                        "user": "in-cluster",
                        "namespace": JSONValue(namespace.map { String(decoding: $0, as: UTF8.self) }),
                    ],
                ]
            ],
        ]
        return try KubeConfig(document: document, trust: .full(directory: directory))
    }
}
