import COpenSSL
import HTTPCore

/// The loaded authorities and revocation lists for client certificates.
struct TLSTrust {
    private let mode: TLSConfiguration.ClientCertificates
    private let authorities: [TLSCertificate]
    private let revocationLists: [TLSRevocationList]
    /// Identifies all that decides about clients (SSL_CTX_set_session_id_context(3)).
    ///
    /// A session is resumed without looking at certificates again, so one that began under other authorities, lists or
    /// rules must not be resumed.
    private let sessionContext: [UInt8]

    /// Reads the files.
    ///
    /// - Throws: ``TLSError``.
    init(_ mode: TLSConfiguration.ClientCertificates) throws(TLSError) {
        self.mode = mode
        guard let trust = mode.trust else {
            (authorities, revocationLists) = ([], [])
            sessionContext = Self.digest(Array("off".utf8))
            return
        }
        let authoritiesFile = try TLSFile(path: trust.authoritiesPath)
        authorities = try authoritiesFile.certificates()
        var content = Array("\(mode)".utf8) + authoritiesFile.bytes
        if let path = trust.revocationListsPath {
            let file = try TLSFile(path: path)
            revocationLists = try file.revocationLists()
            content += file.bytes
        } else {
            revocationLists = []
        }
        sessionContext = Self.digest(content)
    }

    /// EVP_Digest(3).
    private static func digest(_ bytes: [UInt8]) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: Int(EVP_MAX_MD_SIZE)) { digest, count in
            var length: UInt32 = 0
            _ = EVP_Digest(bytes, bytes.count, digest.baseAddress, &length, EVP_sha256(), nil)
            count = Int(length)
        }
    }

    /// Sets a context up to ask for, and to check, client certificates.
    ///
    /// - Throws: ``TLSError/failed(call:reason:)``.
    func apply(to context: OpaquePointer) throws(TLSError) {
        let count = UInt32(sessionContext.count)
        guard SSL_CTX_set_session_id_context(context, sessionContext, count) == 1 else {
            throw .last("SSL_CTX_set_session_id_context")
        }
        switch mode {
        case .off: return
        case .optional: SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nil)
        case .required: SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nil)
        }
        SSL_CTX_set_verify_depth(context, HTTPLimits.tlsClientChainDepthMax)
        guard let store = X509_STORE_new() else { throw .last("X509_STORE_new") }
        defer { X509_STORE_free(store) }
        for authority in authorities {
            guard X509_STORE_add_cert(store, authority.pointer) == 1 else { throw .last("X509_STORE_add_cert") }
            // The names in the request for a certificate, by which clients choose one.
            guard SSL_CTX_add_client_CA(context, authority.pointer) == 1 else { throw .last("SSL_CTX_add_client_CA") }
        }
        for list in revocationLists {
            guard X509_STORE_add_crl(store, list.pointer) == 1 else { throw .last("X509_STORE_add_crl") }
        }
        if !revocationLists.isEmpty {
            let flags = UInt(X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL)
            X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(context), flags)
        }
        SSL_CTX_set1_cert_store(context, store)
    }
}
