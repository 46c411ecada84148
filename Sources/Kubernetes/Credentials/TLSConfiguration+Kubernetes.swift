import NIOCore
import NIOSSL

extension TLSConfiguration {
    /// The TLS settings of an endpoint: whom to trust and what to present.
    ///
    /// - Parameter endpoint: Its certificates are parsed here.
    /// - Returns: Settings for the HTTP client.
    /// - Throws: `KubernetesError` of kind `configuration`.
    static func make(for endpoint: KubernetesEndpoint) throws(KubernetesError) -> TLSConfiguration {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.minimumTLSVersion = .tlsv12
        // The watch of an API server that is gone must not hold a closing client for long.
        configuration.shutdownTimeout = .seconds(1)
        switch endpoint.trust {
        case .system: break
        case .insecure: configuration.certificateVerification = .none
        case .authorities(let pem):
            configuration.trustRoots = .certificates(try certificates(in: pem, what: "certificate-authority"))
        }
        if let certificate = endpoint.credentials.certificate {
            configuration = try configuration.presenting(certificate)
        }
        return configuration
    }

    /// The same settings with a client certificate.
    ///
    /// - Parameter certificate: PEM chain and key; that they belong together is checked by the handshake.
    /// - Returns: A copy that presents the certificate.
    /// - Throws: `KubernetesError` of kind `configuration`, without a word of the key.
    func presenting(_ certificate: ClientCertificate) throws(KubernetesError) -> TLSConfiguration {
        var configuration = self
        configuration.certificateChain = try Self.certificates(in: certificate.chain, what: "client-certificate")
            .map { .certificate($0) }
        do {
            configuration.privateKey = .privateKey(
                try NIOSSLPrivateKey(bytes: certificate.key.reveal(), format: .pem)
            )
        } catch {
            throw .configuration("client-key is no private key in PEM")
        }
        return configuration
    }

    private static func certificates(in pem: [UInt8], what: String) throws(KubernetesError) -> [NIOSSLCertificate] {
        do {
            let certificates = try NIOSSLCertificate.fromPEMBytes(pem)
            guard !certificates.isEmpty else { throw KubernetesError.configuration("\(what) has no certificate") }
            return certificates
        } catch {
            throw .configuration("\(what) is no certificate in PEM")
        }
    }
}
