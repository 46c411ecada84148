import Foundation

/// One API server and how to get in: everything a client needs, with all files read.
public struct KubernetesEndpoint: Sendable, Hashable {
    /// Address of the API server.
    public var server: KubernetesServer
    /// How the server's certificate is checked.
    public var trust: ServerTrust
    /// The DNS name that the server's certificate has to have; nil takes the host of `server`.
    ///
    /// A certificate for the IP address that is connected to is good as well: the TLS library takes either.
    public var tlsServerName: String?
    /// The proxy in between; nil connects directly.
    public var proxy: KubernetesProxy?
    /// Who the client is.
    public var credentials: KubernetesCredentials
    /// The namespace of the context; nil when it names none.
    public var namespace: String?

    /// How the server's certificate is checked.
    public enum ServerTrust: Sendable, Hashable {
        /// Against the certificate authorities of this machine.
        case system
        /// Against these authorities only, PEM.
        case authorities([UInt8])
        /// Not at all: anyone in between can read and change everything.
        case insecure
    }

    /// Makes an endpoint.
    ///
    /// - Parameters:
    ///   - server: Address of the API server.
    ///   - trust: How its certificate is checked.
    ///   - tlsServerName: The DNS name that its certificate has to have.
    ///   - proxy: The proxy in between.
    ///   - credentials: Who the client is.
    ///   - namespace: The default namespace.
    public init(
        server: KubernetesServer,
        trust: ServerTrust = .system,
        tlsServerName: String? = nil,
        proxy: KubernetesProxy? = nil,
        credentials: KubernetesCredentials = .anonymous,
        namespace: String? = nil
    ) {
        self.server = server
        self.trust = trust
        self.tlsServerName = tlsServerName
        self.proxy = proxy
        self.credentials = credentials
        self.namespace = namespace
    }
}

extension KubernetesEndpoint: CustomStringConvertible, CustomDebugStringConvertible {
    /// The server's address, without anything about credentials.
    public var description: String { server.url }

    /// The server's address, without anything about credentials.
    public var debugDescription: String { server.url }
}

/// The address of an API server, such as `https://10.0.0.1:6443` or `https://rancher.example/k8s/clusters/c-1`.
public struct KubernetesServer: Sendable, Hashable {
    /// True for `https`.
    public let isSecure: Bool
    /// DNS name or IP address, an IPv6 address without its brackets; lower case.
    public let host: String
    /// TCP port.
    public let port: Int
    /// What every path starts with: empty, or a path with a leading and without a trailing slash.
    public let basePath: String

    /// Parses an address.
    ///
    /// - Parameter address: `http` or `https`, a host, and optionally a port and a path.
    /// - Throws: `KubernetesError` of kind `configuration`.
    public init(_ address: String) throws(KubernetesError) {
        guard let url = URLComponents(string: address), let scheme = url.scheme?.lowercased(),
            scheme == "https" || scheme == "http"
        else {
            throw .configuration("the address has to start with https:// or http://")
        }
        guard url.user == nil, url.password == nil else {
            throw .configuration("the address must not have a user name or password; use a token")
        }
        guard let host = url.host, !host.isEmpty, url.query == nil, url.fragment == nil else {
            throw .configuration("the address has to be a host with an optional port and path")
        }
        self.isSecure = scheme == "https"
        self.host = host.trimmingCharacters(in: ["[", "]"]).lowercased()
        self.port = url.port ?? (scheme == "https" ? 443 : 80)
        var path = url.percentEncodedPath
        while path.hasSuffix("/") { path.removeLast() }
        self.basePath = path
    }

    /// The address in its shortest complete form.
    public var url: String {
        "\(isSecure ? "https" : "http")://\(authority)\(basePath)"
    }

    /// Host and port as in a `Host` header.
    public var authority: String {
        (host.contains(":") ? "[\(host)]" : host) + ":\(port)"
    }
}

/// A proxy on the way to an API server.
public struct KubernetesProxy: Sendable, Hashable {
    /// How the proxy is spoken to.
    public enum Scheme: String, Sendable, Hashable {
        /// An HTTP proxy that is asked to CONNECT.
        case http
        /// A SOCKS version 5 proxy.
        case socks5
    }

    /// How the proxy is spoken to.
    public let scheme: Scheme
    /// DNS name or IP address of the proxy.
    public let host: String
    /// TCP port of the proxy.
    public let port: Int

    /// Parses the value of `proxy-url`.
    ///
    /// - Parameter address: `http://host:port` or `socks5://host:port`. Proxies behind TLS and with a password are
    ///   refused: the HTTP client speaks neither.
    /// - Throws: `KubernetesError` of kind `configuration`.
    public init(_ address: String) throws(KubernetesError) {
        guard let url = URLComponents(string: address), let host = url.host, !host.isEmpty,
            let scheme = url.scheme.flatMap({ Scheme(rawValue: $0.lowercased()) })
        else {
            throw .configuration("the address has to start with http:// or socks5://")
        }
        guard url.user == nil, url.password == nil else {
            throw .configuration("a proxy with a user name or password is not supported")
        }
        self.scheme = scheme
        self.host = host.trimmingCharacters(in: ["[", "]"])
        self.port = url.port ?? (scheme == .http ? 80 : 1080)
    }
}
