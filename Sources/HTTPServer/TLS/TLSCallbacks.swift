import COpenSSL

/// What OpenSSL asks while it shakes hands; each finds its ``TLSSettings`` in the context of the connection.
enum TLSCallbacks {
    /// Has a context choose protocol and certificate by these callbacks.
    static func install(on context: OpaquePointer) {
        SSL_CTX_set_alpn_select_cb(context, chooseProtocol, nil)
        COpenSSL_CTX_set_servername_callback(context, chooseCertificate)
    }

    /// The settings of a connection (SSL_CTX_get_ex_data(3)).
    private static func settings(_ connection: OpaquePointer?) -> TLSSettings? {
        guard let connection, let pointer = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(connection), 0) else { return nil }
        return Unmanaged<TLSSettings>.fromOpaque(pointer).takeUnretainedValue()
    }

    /// SSL_CTX_set_alpn_select_cb(3): takes `http/1.1` out of the client's list, and refuses a list without it
    /// (RFC 7301 section 3.2, `no_application_protocol`).
    private static let chooseProtocol: SSL_CTX_alpn_select_cb_func = { _, chosen, chosenCount, list, count, _ in
        guard let list, let chosen, let chosenCount else { return SSL_TLSEXT_ERR_ALERT_FATAL }
        var position = 0
        while position < Int(count) {
            let length = Int(list[position])
            let end = position + 1 + length
            guard end <= Int(count) else { break }
            let name = UnsafeBufferPointer(start: list + position + 1, count: length)
            if name.elementsEqual("http/1.1".utf8) {
                chosen.pointee = name.baseAddress
                chosenCount.pointee = UInt8(length)
                return SSL_TLSEXT_ERR_OK
            }
            position = end
        }
        return SSL_TLSEXT_ERR_ALERT_FATAL
    }

    /// SSL_CTX_set_tlsext_servername_callback(3): the certificate of the host that the client named.
    ///
    /// An unknown name gets the first certificate, not an alert: the client is the one to judge it.
    private static let chooseCertificate:
        @convention(c) (OpaquePointer?, UnsafeMutablePointer<Int32>?, UnsafeMutableRawPointer?) -> Int32 = {
            connection,
            _,
            _ in
            guard let connection, let settings = settings(connection) else { return SSL_TLSEXT_ERR_ALERT_FATAL }
            guard let name = SSL_get_servername(connection, TLSEXT_NAMETYPE_host_name),
                let host = String(validatingCString: name)
            else { return SSL_TLSEXT_ERR_NOACK }
            let context = settings.context(for: host)
            if context != SSL_get_SSL_CTX(connection) { SSL_set_SSL_CTX(connection, context) }
            return SSL_TLSEXT_ERR_OK
        }

    /// SSL_CTX_set_tlsext_ticket_key_evp_cb(3).
    static let ticketKey: TicketKeyCallback = { connection, name, vector, cipher, mac, isSealing in
        guard let settings = settings(connection), let name, let vector else { return -1 }
        return isSealing == 1
            ? settings.ticketKeys.seal(name, vector, cipher, mac)
            : settings.ticketKeys.open(name, vector, cipher, mac)
    }

    /// SSL_CTX_set_cert_verify_callback(3): OpenSSL's own check of the chain, then our list of identities.
    static let verify: @convention(c) (OpaquePointer?, UnsafeMutableRawPointer?) -> Int32 = { store, argument in
        let status = X509_verify_cert(store)
        guard status == 1 else { return status }
        guard let argument, let certificate = X509_STORE_CTX_get0_cert(store) else { return 0 }
        let settings = Unmanaged<TLSSettings>.fromOpaque(argument).takeUnretainedValue()
        guard settings.allows(TLSClientCertificate(certificate)) else {
            // The reason that stands for a valid certificate of somebody else.
            X509_STORE_CTX_set_error(store, X509_V_ERR_HOSTNAME_MISMATCH)
            return 0
        }
        return 1
    }
}

/// SSL, key name, initialization vector, cipher, MAC, whether to seal.
typealias TicketKeyCallback =
    @convention(c) (
        OpaquePointer?, UnsafeMutablePointer<UInt8>?, UnsafeMutablePointer<UInt8>?, OpaquePointer?, OpaquePointer?,
        Int32
    ) -> Int32
