import COpenSSL

/// Owner of one `SSL`: the server's side of one connection, fed and emptied through its window.
///
/// Does no input or output. After ``isBroken`` nothing but ``info()`` may be called (SSL_get_error(3)).
struct TLSEngine: ~Copyable {
    /// Bytes on the way in and out; set up by the caller around each call.
    let window: UnsafeMutablePointer<TLSWindow>
    private let connection: OpaquePointer
    /// Keeps the contexts and the targets of their callbacks.
    private let settings: TLSSettings
    /// Whether a call failed for good; nothing can be read or written any more.
    private(set) var isBroken = false

    /// What a call came to.
    enum Step: Sendable, Hashable {
        /// Done; for a read with the number of bytes.
        case done(Int)
        /// More received bytes are needed.
        case needsInput
        /// The window has no room.
        case needsRoom
        /// The client has sent its last byte (`close_notify`).
        case end
        /// The connection is lost; an alert may be in the window.
        case failed(TLSError)
    }

    /// The side of a server that has received nothing.
    ///
    /// - Throws: ``TLSError/failed(call:reason:)`` when there is no memory.
    init(_ settings: TLSSettings) throws(TLSError) {
        ERR_clear_error()
        let window = UnsafeMutablePointer<TLSWindow>.allocate(capacity: 1)
        window.initialize(to: TLSWindow())
        guard let bio = TLSWindowBIO.make(window), let connection = SSL_new(settings.fallback) else {
            // Not in `deinit`, which an initializer that throws does not reach; only a lack of memory leads here.
            window.deallocate()
            throw .last("SSL_new")
        }
        self.window = window
        self.connection = connection
        self.settings = settings
        // SSL_set_bio(3): one reference serves both directions and is released with the connection.
        SSL_set_bio(connection, bio, bio)
        SSL_set_accept_state(connection)
    }

    deinit {
        SSL_free(connection)
        window.deallocate()
    }

    /// Goes on with the handshake (SSL_do_handshake(3)).
    mutating func handshake() -> Step {
        // SSL_get_error(3): the thread's queue of errors has to be empty before a call, and others, such as libpq, may
        // have left something in it.
        ERR_clear_error()
        let status = SSL_do_handshake(connection)
        guard status == 1 else { return step(after: status, "SSL_do_handshake") }
        if let reason = reasonAgainstResumed() {
            isBroken = true
            return .failed(.clientRefused(reason: reason))
        }
        return .done(0)
    }

    /// Decrypts up to one record (SSL_read_ex(3)).
    ///
    /// - Parameter target: Not empty.
    /// - Returns: `done` with the number of bytes, `needsInput`, `needsRoom`, `end` or `failed`.
    mutating func read(into target: UnsafeMutableRawBufferPointer) -> Step {
        ERR_clear_error()
        var count = 0
        guard SSL_read_ex(connection, target.baseAddress, target.count, &count) == 1 else {
            return step(after: 0, "SSL_read_ex")
        }
        return .done(count)
    }

    /// Whether decrypted bytes wait for the next read (SSL_pending(3)).
    var hasPending: Bool { SSL_pending(connection) > 0 }

    /// Encrypts all of some bytes (SSL_write_ex(3)).
    ///
    /// - Parameter source: Not empty; the window has room for it and its overhead.
    /// - Returns: `done`, or `failed`.
    mutating func write(_ source: UnsafeRawBufferPointer) -> Step {
        ERR_clear_error()
        var count = 0
        guard SSL_write_ex(connection, source.baseAddress, source.count, &count) == 1 else {
            return step(after: 0, "SSL_write_ex")
        }
        return .done(count)
    }

    /// Writes `close_notify`; once (SSL_shutdown(3)).
    mutating func shutdown() {
        guard !isBroken, SSL_get_shutdown(connection) & SSL_SENT_SHUTDOWN == 0 else { return }
        ERR_clear_error()
        // 0 and 1 say whether the client has closed too, which nobody waits for; a failure leaves nothing to do.
        _ = SSL_shutdown(connection)
        ERR_clear_error()
    }

    /// SSL_get_error(3).
    private mutating func step(after status: Int32, _ call: String) -> Step {
        switch SSL_get_error(connection, status) {
        case SSL_ERROR_WANT_READ: return .needsInput
        case SSL_ERROR_WANT_WRITE: return .needsRoom
        case SSL_ERROR_ZERO_RETURN: return .end
        default:
            isBroken = true
            let verification = SSL_get_verify_result(connection)
            guard verification != X509_V_OK else { return .failed(.last(call)) }
            ERR_clear_error()
            return .failed(.clientRefused(reason: String(cString: X509_verify_cert_error_string(verification))))
        }
    }

    /// Why a resumed session must not go on; `nil` when it may.
    ///
    /// A certificate is not verified again when a session is resumed. The session's context stands for the rules by
    /// which it was; what is left to change is the time (X509_cmp_current_time(3)).
    private func reasonAgainstResumed() -> String? {
        guard SSL_session_reused(connection) == 1, let certificate = SSL_get0_peer_certificate(connection) else {
            return nil
        }
        guard X509_cmp_current_time(X509_get0_notAfter(certificate)) > 0 else { return "certificate has expired" }
        return nil
    }
}

extension TLSEngine {
    /// What was agreed, after the handshake.
    func info() -> TLSSessionInfo {
        let certificate = SSL_get0_peer_certificate(connection)
        return TLSSessionInfo(
            version: SSL_get_version(connection).map { String(cString: $0) } ?? "",
            cipher: SSL_CIPHER_get_name(SSL_get_current_cipher(connection)).map { String(cString: $0) } ?? "",
            serverName: SSL_get_servername(connection, TLSEXT_NAMETYPE_host_name).flatMap {
                String(validatingCString: $0)
            },
            isResumed: SSL_session_reused(connection) == 1,
            client: certificate.map { TLSClientCertificate($0) }
        )
    }
}
