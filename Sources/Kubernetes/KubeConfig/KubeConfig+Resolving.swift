import JSON

extension KubeConfig {
    /// Makes an endpoint of one context: reads its files, checks everything that can be checked without a connection.
    ///
    /// - Parameters:
    ///   - name: The context; nil takes `current-context`, or the only context there is.
    ///   - limits: Bounds of certificate and key files.
    /// - Returns: Everything that a client of this context needs.
    /// - Throws: `KubernetesError` of kind `configuration` that names the faulty member.
    public func resolve(
        context name: String? = nil,
        limits: KubernetesLimits = .standard
    ) throws(KubernetesError) -> KubernetesEndpoint {
        guard let name = name ?? currentContext ?? (contextNames.count == 1 ? contextNames.first : nil) else {
            throw .configuration("the kubeconfig has no current-context; name one of its contexts")
        }
        guard let entry = contexts[name] else {
            throw .configuration("the kubeconfig has no context \(name)")
        }
        let context = KubeConfigReader(entry.fields.reveal(), at: "contexts[\(name)].context")
        guard let clusterName = try context.string("cluster") else {
            throw context.wrong("cluster", "is missing")
        }
        guard let cluster = clusters[clusterName] else {
            throw context.wrong("cluster", "names \(clusterName), which the kubeconfig does not have")
        }
        var endpoint = try ClusterResolver(name: clusterName, entry: cluster, limits: limits).endpoint()
        endpoint.namespace = try context.string("namespace")
        if let userName = try context.string("user") {
            guard let user = users[userName] else {
                throw context.wrong("user", "names \(userName), which the kubeconfig does not have")
            }
            let resolver = UserResolver(name: userName, entry: user, limits: limits)
            endpoint.credentials = try resolver.credentials(for: endpoint, cluster: cluster)
        }
        return endpoint
    }
}

/// Reads the members that may stand inline or in a file.
private struct KubeConfigFiles {
    let trust: KubeConfigTrust
    let bytesMax: Int

    /// The path of a member, made absolute; refused in documents that are not trusted.
    func path(_ key: String, of reader: KubeConfigReader) throws(KubernetesError) -> String? {
        guard let path = try reader.string(key) else { return nil }
        guard case .full(let directory) = trust else {
            throw reader.wrong(key, "names a file of this machine; put its content into \(key)-data or token")
        }
        return path.hasPrefix("/") ? path : directory + "/" + path
    }

    /// The bytes of `<key>-data`, or of the file that `<key>` names.
    func bytes(_ key: String, of reader: KubeConfigReader) throws(KubernetesError) -> [UInt8]? {
        if let data = try reader.data(key + "-data") { return data }
        guard let path = try path(key, of: reader) else { return nil }
        return try CredentialFile.read(path, bytesMax: bytesMax, what: "\(reader.place).\(key)")
    }
}

/// Makes an endpoint of a `cluster`.
private struct ClusterResolver {
    private let reader: KubeConfigReader
    private let files: KubeConfigFiles

    init(name: String, entry: KubeConfig.Entry, limits: KubernetesLimits) {
        reader = KubeConfigReader(entry.fields.reveal(), at: "clusters[\(name)].cluster")
        files = KubeConfigFiles(trust: entry.trust, bytesMax: limits.credentialFileBytesMax)
    }

    func endpoint() throws(KubernetesError) -> KubernetesEndpoint {
        guard let address = try reader.string("server") else { throw reader.wrong("server", "is missing") }
        let server: KubernetesServer
        do {
            server = try KubernetesServer(address)
        } catch {
            throw reader.wrong("server", because: error)
        }
        var endpoint = KubernetesEndpoint(server: server)
        let authority = try files.bytes("certificate-authority", of: reader)
        if try reader.bool("insecure-skip-tls-verify") {
            guard authority == nil else {
                throw reader.wrong("insecure-skip-tls-verify", "contradicts certificate-authority")
            }
            endpoint.trust = .insecure
        } else if let authority {
            endpoint.trust = .authorities(authority)
        }
        if let name = try reader.string("tls-server-name") {
            endpoint.tlsServerName = name
        }
        if let proxy = try reader.string("proxy-url") {
            do {
                endpoint.proxy = try KubernetesProxy(proxy)
            } catch {
                throw reader.wrong("proxy-url", because: error)
            }
        }
        return endpoint
    }
}

/// Makes credentials of a `user`.
private struct UserResolver {
    private let reader: KubeConfigReader
    private let files: KubeConfigFiles

    init(name: String, entry: KubeConfig.Entry, limits: KubernetesLimits) {
        reader = KubeConfigReader(entry.fields.reveal(), at: "users[\(name)].user")
        files = KubeConfigFiles(trust: entry.trust, bytesMax: limits.credentialFileBytesMax)
    }

    func credentials(
        for endpoint: KubernetesEndpoint,
        cluster: KubeConfig.Entry
    ) throws(KubernetesError) -> KubernetesCredentials {
        if reader.has("username") || reader.has("password") {
            throw reader.wrong("username", "asks for basic authentication, which Kubernetes 1.19 removed; use a token")
        }
        if reader.has("auth-provider") {
            throw reader.wrong("auth-provider", "was removed from Kubernetes 1.26; use an exec plugin or a token")
        }
        return KubernetesCredentials(
            token: try token(),
            certificate: try certificate(),
            plugin: try plugin(for: endpoint, cluster: cluster),
            impersonation: try impersonation()
        )
    }

    private func token() throws(KubernetesError) -> TokenSource {
        // client-go prefers the file, since it can be rotated.
        if let path = try files.path("tokenFile", of: reader) { return .file(path: path) }
        guard let token = try reader.string("token") else { return .none }
        return .literal(Redacted(token))
    }

    private func certificate() throws(KubernetesError) -> ClientCertificate? {
        let chain = try files.bytes("client-certificate", of: reader)
        let key = try files.bytes("client-key", of: reader)
        switch (chain, key) {
        case (.some(let chain), .some(let key)): return ClientCertificate(chain: chain, key: Redacted(key))
        case (.none, .none): return nil
        case (.some, .none): throw reader.wrong("client-key", "is missing beside client-certificate")
        case (.none, .some): throw reader.wrong("client-certificate", "is missing beside client-key")
        }
    }

    private func impersonation() throws(KubernetesError) -> Impersonation? {
        let groups = try reader.strings("as-groups")
        let uid = try reader.string("as-uid")
        let extra = try reader.lists("as-user-extra")
        guard let user = try reader.string("as") else {
            guard groups.isEmpty, uid == nil, extra.isEmpty else {
                throw reader.wrong("as", "is missing beside as-groups, as-uid or as-user-extra")
            }
            return nil
        }
        return Impersonation(user: user, groups: groups, uid: uid, extra: extra)
    }

    private func plugin(
        for endpoint: KubernetesEndpoint,
        cluster: KubeConfig.Entry
    ) throws(KubernetesError) -> CredentialPlugin? {
        guard let exec = try reader.mapping("exec") else { return nil }
        guard case .full(let directory) = files.trust else {
            throw reader.wrong("exec", "runs a command of this machine, which is allowed in its own files only")
        }
        guard var command = try exec.string("command") else { throw exec.wrong("command", "is missing") }
        let version = try exec.string("apiVersion") ?? ""
        guard CredentialPlugin.apiVersions.contains(version) else {
            throw exec.wrong("apiVersion", "is none of \(CredentialPlugin.apiVersions.joined(separator: ", "))")
        }
        guard try exec.string("interactiveMode") != "Always" else {
            throw exec.wrong("interactiveMode", "asks for a terminal, which a server does not have")
        }
        if command.contains("/"), !command.hasPrefix("/") {
            command = directory + "/" + command
        }
        var environment: [String: String] = [:]
        for variable in try exec.mappings("env") {
            guard let name = try variable.string("name") else { throw variable.wrong("name", "is missing") }
            environment[name] = try variable.string("value") ?? ""
        }
        return CredentialPlugin(
            apiVersion: version,
            command: command,
            arguments: try exec.strings("args"),
            environment: environment,
            installHint: try exec.string("installHint"),
            clusterInfo: try exec.bool("provideClusterInfo")
                ? CredentialPlugin.clusterInfo(of: endpoint, cluster: cluster.fields.reveal()) : nil
        )
    }
}
