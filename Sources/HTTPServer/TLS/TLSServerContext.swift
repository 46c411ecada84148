import COpenSSL
import HTTPCore

/// Owner of one `SSL_CTX`: a host's certificates with the settings that all hosts of a listener share.
///
/// Confined to its ``TLSSettings`` until it is complete, immutable afterwards.
final class TLSServerContext {
    /// The context, valid as long as the owner lives; OpenSSL guards its counters itself.
    let pointer: OpaquePointer
    /// Hosts that its certificates are for.
    let names: TLSHostNames
    /// Kinds of keys that it has.
    private(set) var keyKinds: Set<Int32> = []

    /// Ephemeral keys and authenticated encryption only (RFC 9325 section 4.2).
    ///
    /// AES-128 is first: it is enough and the fastest. The suites of 1.3 are all of this kind.
    private static let suites12 = """
        ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384:\
        ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-CHACHA20-POLY1305:ECDHE-RSA-CHACHA20-POLY1305
        """
    private static let suites13 = "TLS_AES_128_GCM_SHA256:TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256"
    private static let groups = "X25519:P-256:P-384"
    private static let signatures = """
        ECDSA+SHA256:ECDSA+SHA384:ed25519:RSA-PSS+SHA256:RSA-PSS+SHA384:RSA-PSS+SHA512:RSA+SHA256:RSA+SHA384:RSA+SHA512
        """

    /// A context without certificates.
    ///
    /// - Throws: ``TLSError/failed(call:reason:)``.
    init(names: TLSHostNames, configuration: TLSConfiguration) throws(TLSError) {
        ERR_clear_error()
        guard let pointer = SSL_CTX_new(TLS_server_method()) else { throw .last("SSL_CTX_new") }
        self.pointer = pointer
        self.names = names
        try offer(configuration.versionMin)
        // SSL_CTX_set_mode(3): an idle connection keeps no buffers; the chain is what the file says, not what could be
        // found among the authorities of clients.
        COpenSSL_CTX_set_mode(pointer, Int(SSL_MODE_RELEASE_BUFFERS) | Int(SSL_MODE_NO_AUTO_CHAIN))
        COpenSSL_CTX_set_max_cert_list(pointer, HTTPLimits.tlsClientChainBytesMax)
        // Sessions live in tickets; a cache would be memory that clients fill.
        COpenSSL_CTX_set_session_cache_mode(pointer, Int(SSL_SESS_CACHE_OFF))
    }

    deinit {
        SSL_CTX_free(pointer)
    }

    /// Versions, suites, groups and signatures.
    private func offer(_ version: TLSConfiguration.Version) throws(TLSError) {
        let number = version == .tls13 ? TLS1_3_VERSION : TLS1_2_VERSION
        guard COpenSSL_CTX_set_min_proto_version(pointer, number) == 1 else {
            throw .last("SSL_CTX_set_min_proto_version")
        }
        // Level 2 refuses RSA below 2048 bits and SHA-1, also in certificates (SSL_CTX_set_security_level(3)).
        SSL_CTX_set_security_level(pointer, 2)
        _ = SSL_CTX_set_options(
            pointer,
            COpenSSL_OP_NO_RENEGOTIATION | COpenSSL_OP_NO_COMPRESSION | COpenSSL_OP_CIPHER_SERVER_PREFERENCE
                | COpenSSL_OP_PRIORITIZE_CHACHA
        )
        guard SSL_CTX_set_cipher_list(pointer, Self.suites12) == 1 else { throw .last("SSL_CTX_set_cipher_list") }
        guard SSL_CTX_set_ciphersuites(pointer, Self.suites13) == 1 else { throw .last("SSL_CTX_set_ciphersuites") }
        guard COpenSSL_CTX_set1_groups_list(pointer, Self.groups) == 1 else { throw .last("SSL_CTX_set1_groups_list") }
        guard COpenSSL_CTX_set1_sigalgs_list(pointer, Self.signatures) == 1 else {
            throw .last("SSL_CTX_set1_sigalgs_list")
        }
    }

    /// Adds a certificate, its chain and its key (SSL_CTX_use_cert_and_key(3)).
    ///
    /// - Throws: ``TLSError/unusableFile(path:reason:)``, also when key and certificate are not a pair.
    func add(_ chain: [TLSCertificate], _ key: TLSPrivateKey, path: String) throws(TLSError) {
        ERR_clear_error()
        guard let own = chain.first, let issuers = COpenSSL_sk_X509_new() else { throw .lastFor(path: path) }
        defer { COpenSSL_sk_X509_free(issuers) }
        for issuer in chain.dropFirst() {
            // The stack gets a reference of its own, which the release of the stack gives back.
            guard X509_up_ref(issuer.pointer) == 1 else { throw .last("X509_up_ref") }
            guard COpenSSL_sk_X509_push(issuers, issuer.pointer) > 0 else {
                X509_free(issuer.pointer)
                throw .last("sk_X509_push")
            }
        }
        guard SSL_CTX_use_cert_and_key(pointer, own.pointer, key.pointer, issuers, 1) == 1 else {
            throw .lastFor(path: path)
        }
        keyKinds.insert(key.kind)
    }
}
