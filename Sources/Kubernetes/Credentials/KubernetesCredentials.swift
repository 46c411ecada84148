import JSON

/// How a client proves who it is.
///
/// A static token wins over the plugin's, as it does in client-go; a client certificate is presented besides.
public struct KubernetesCredentials: Sendable, Hashable {
    /// Where the bearer token comes from.
    public var token: TokenSource
    /// The client certificate for TLS, if there is one.
    public var certificate: ClientCertificate?
    /// The command that makes credentials, if there is one.
    public var plugin: CredentialPlugin?
    /// Whom to act as, if not oneself.
    public var impersonation: Impersonation?

    /// No credentials at all: the API server treats the caller as `system:anonymous`.
    public static let anonymous = KubernetesCredentials()

    /// Makes credentials of any combination.
    ///
    /// - Parameters:
    ///   - token: Where the bearer token comes from.
    ///   - certificate: Client certificate and key.
    ///   - plugin: Command that makes credentials.
    ///   - impersonation: Whom to act as.
    public init(
        token: TokenSource = .none,
        certificate: ClientCertificate? = nil,
        plugin: CredentialPlugin? = nil,
        impersonation: Impersonation? = nil
    ) {
        self.token = token
        self.certificate = certificate
        self.plugin = plugin
        self.impersonation = impersonation
    }
}

/// Where a bearer token comes from.
public enum TokenSource: Sendable, Hashable {
    /// There is no static token.
    case none
    /// A token that does not change.
    case literal(Redacted<String>)
    /// A file that is read again when it may have been rotated.
    case file(path: String)
}

/// A client certificate and its private key, both PEM.
public struct ClientCertificate: Sendable, Hashable {
    /// The certificate, followed by its intermediates if there are any.
    public let chain: [UInt8]
    /// The private key: PKCS #8, PKCS #1 or SEC 1.
    public let key: Redacted<[UInt8]>

    /// Takes the two PEM documents; they are parsed when a client is made.
    ///
    /// - Parameters:
    ///   - chain: Certificates, the client's own first.
    ///   - key: The private key of the first certificate.
    public init(chain: [UInt8], key: Redacted<[UInt8]>) {
        self.chain = chain
        self.key = key
    }
}

/// The `as` members of a kubeconfig user: whom to act as.
///
/// Source: Kubernetes documentation, "User impersonation".
public struct Impersonation: Sendable, Hashable {
    /// The user name to act as; never empty.
    public let user: String
    /// The groups to act with.
    public let groups: [String]
    /// The uid to act with; Kubernetes 1.22 and later.
    public let uid: String?
    /// Extra attributes, values by key.
    public let extra: [String: [String]]

    /// Makes an impersonation.
    ///
    /// - Parameters:
    ///   - user: The user name to act as.
    ///   - groups: The groups to act with.
    ///   - uid: The uid to act with.
    ///   - extra: Extra attributes, values by key.
    public init(user: String, groups: [String] = [], uid: String? = nil, extra: [String: [String]] = [:]) {
        self.user = user
        self.groups = groups
        self.uid = uid
        self.extra = extra
    }

    /// The request headers that ask for it, sorted so that requests are reproducible.
    var headers: [(name: String, value: String)] {
        var headers: [(name: String, value: String)] = [("Impersonate-User", user)]
        headers += groups.map { ("Impersonate-Group", $0) }
        if let uid { headers.append(("Impersonate-Uid", uid)) }
        for (key, values) in extra.sorted(by: { $0.key < $1.key }) {
            headers += values.map { ("Impersonate-Extra-" + PercentEncoding.headerKey(key), $0) }
        }
        return headers
    }
}

/// A command that prints credentials, the `exec` member of a kubeconfig user.
///
/// Source: Kubernetes reference, "client.authentication.k8s.io/v1".
public struct CredentialPlugin: Sendable, Hashable {
    /// `client.authentication.k8s.io/v1` or `/v1beta1`; the plugin answers in the same version.
    public let apiVersion: String
    /// A name to find on `PATH`, or an absolute path.
    public let command: String
    /// The command's arguments.
    public let arguments: [String]
    /// Variables set on top of the inherited environment; they may hold secrets.
    public let environment: Redacted<[String: String]>
    /// What the error says when the command is not installed.
    public let installHint: String?
    /// The JSON of the cluster that is passed to the plugin when it asks for it.
    let clusterInfo: JSONValue?

    /// Makes a plugin.
    ///
    /// - Parameters:
    ///   - apiVersion: The version of the plugin protocol.
    ///   - command: A name to find on `PATH`, or an absolute path.
    ///   - arguments: The command's arguments.
    ///   - environment: Variables set on top of the inherited environment.
    ///   - installHint: What the error says when the command is not installed.
    public init(
        apiVersion: String,
        command: String,
        arguments: [String] = [],
        environment: [String: String] = [:],
        installHint: String? = nil
    ) {
        self.init(
            apiVersion: apiVersion,
            command: command,
            arguments: arguments,
            environment: environment,
            installHint: installHint,
            clusterInfo: nil
        )
    }

    /// Makes a plugin that is told about the cluster, unless `clusterInfo` is nil.
    init(
        apiVersion: String,
        command: String,
        arguments: [String],
        environment: [String: String],
        installHint: String?,
        clusterInfo: JSONValue?
    ) {
        self.apiVersion = apiVersion
        self.command = command
        self.arguments = arguments
        self.environment = Redacted(environment)
        self.installHint = installHint
        self.clusterInfo = clusterInfo
    }
}
