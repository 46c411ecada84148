import COpenSSL
import EventLoop
import HTTPServer

/// What a test client offers in a handshake.
struct TestTLSOptions {
    var serverName: String?
    var protocols: [String] = ["http/1.1"]
    var versions = TLS1_2_VERSION...TLS1_3_VERSION
    /// OpenSSL's names of suites of 1.2; `nil` offers its default.
    var suites: String?
    var identity: TestIdentity?
    var session: TestTLSSession?
}

/// A session that a client may resume.
final class TestTLSSession {
    let pointer: OpaquePointer

    init(_ pointer: OpaquePointer) {
        self.pointer = pointer
    }

    deinit {
        SSL_SESSION_free(pointer)
    }
}

/// The client's side of TLS over memory BIOs.
final class TestTLS {
    private let context: OpaquePointer
    private let connection: OpaquePointer
    private let incoming: OpaquePointer
    private let outgoing: OpaquePointer
    /// Whether the server said that nothing more comes.
    private(set) var isEnded = false

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    init(_ options: TestTLSOptions) throws {
        guard let context = SSL_CTX_new(TLS_client_method()), let connection = SSL_new(context),
            let incoming = BIO_new(BIO_s_mem()), let outgoing = BIO_new(BIO_s_mem())
        else { throw Failure(description: "no memory") }
        (self.context, self.connection, self.incoming, self.outgoing) = (context, connection, incoming, outgoing)
        SSL_set_bio(connection, incoming, outgoing)
        SSL_set_connect_state(connection)
        // Security level 0: the client would even speak what the server must refuse.
        SSL_set_security_level(connection, 0)
        SSL_ctrl(connection, SSL_CTRL_SET_MIN_PROTO_VERSION, Int(options.versions.lowerBound), nil)
        SSL_ctrl(connection, SSL_CTRL_SET_MAX_PROTO_VERSION, Int(options.versions.upperBound), nil)
        if let suites = options.suites { SSL_set_cipher_list(connection, suites) }
        if let name = options.serverName { _ = COpenSSL_set_host_name(connection, name) }
        let protocols = options.protocols.flatMap { [UInt8($0.utf8.count)] + Array($0.utf8) }
        if !protocols.isEmpty { SSL_set_alpn_protos(connection, protocols, UInt32(protocols.count)) }
        if let identity = options.identity {
            SSL_use_certificate(connection, identity.certificate)
            SSL_use_PrivateKey(connection, identity.key)
        }
        if let session = options.session {
            // A copy: the client marks a session as used up when it gets a newer one.
            let copy = SSL_SESSION_dup(session.pointer)
            SSL_set_session(connection, copy)
            SSL_SESSION_free(copy)
        }
    }

    deinit {
        SSL_free(connection)
        SSL_CTX_free(context)
    }

    /// Goes on with the handshake.
    ///
    /// - Returns: Whether it is done.
    func handshake(_ bytes: [UInt8] = []) throws -> Bool {
        feed(bytes)
        ERR_clear_error()
        let status = SSL_do_handshake(connection)
        if status == 1 { return true }
        guard SSL_get_error(connection, status) == SSL_ERROR_WANT_READ else { throw failure() }
        return false
    }

    func encrypt(_ bytes: [UInt8]) throws -> [UInt8] {
        ERR_clear_error()
        var count = 0
        if !bytes.isEmpty, SSL_write_ex(connection, bytes, bytes.count, &count) != 1 { throw failure() }
        return takeOutput()
    }

    func decrypt(_ bytes: [UInt8]) throws -> [UInt8] {
        feed(bytes)
        var content: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        while true {
            ERR_clear_error()
            var count = 0
            if SSL_read_ex(connection, &buffer, buffer.count, &count) == 1 {
                content += buffer[..<count]
                continue
            }
            switch SSL_get_error(connection, 0) {
            case SSL_ERROR_WANT_READ: return content
            case SSL_ERROR_ZERO_RETURN:
                isEnded = true
                return content
            default:
                throw failure()
            }
        }
    }

    /// `close_notify`, to be sent.
    func end() -> [UInt8] {
        SSL_shutdown(connection)
        return takeOutput()
    }

    /// A request for new keys, to be sent; TLS 1.3 only.
    func updateKeys() -> [UInt8] {
        SSL_key_update(connection, SSL_KEY_UPDATE_REQUESTED)
        SSL_do_handshake(connection)
        return takeOutput()
    }

    /// A new handshake inside the connection, to be sent; TLS 1.2 only.
    func renegotiate() -> [UInt8] {
        SSL_renegotiate(connection)
        SSL_do_handshake(connection)
        return takeOutput()
    }

    func takeOutput() -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16 * 1024)
        while case let count = BIO_read(outgoing, &buffer, Int32(buffer.count)), count > 0 {
            bytes += buffer[..<Int(count)]
        }
        return bytes
    }

    private func feed(_ bytes: [UInt8]) {
        if !bytes.isEmpty { BIO_write(incoming, bytes, Int32(bytes.count)) }
    }

    private func failure() -> Failure {
        let code = ERR_peek_last_error()
        ERR_clear_error()
        return Failure(description: ERR_reason_error_string(code).map { String(cString: $0) } ?? "error \(code)")
    }

    // MARK: What was agreed

    var session: TestTLSSession? { SSL_get1_session(connection).map { TestTLSSession($0) } }
    var isResumed: Bool { SSL_session_reused(connection) == 1 }
    var version: String { String(cString: SSL_get_version(connection)) }
    var cipher: String { String(cString: SSL_CIPHER_get_name(SSL_get_current_cipher(connection))) }

    var chosenProtocol: String? {
        var (name, count): (UnsafePointer<UInt8>?, UInt32) = (nil, 0)
        SSL_get0_alpn_selected(connection, &name, &count)
        return name.map { String(decoding: UnsafeBufferPointer(start: $0, count: Int(count)), as: UTF8.self) }
    }

    /// Common name of the server's certificate.
    var serverCommonName: String? {
        guard let certificate = SSL_get0_peer_certificate(connection) else { return nil }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { buffer in
            let subject = X509_get_subject_name(certificate)
            let count = X509_NAME_get_text_by_NID(subject, NID_commonName, buffer.baseAddress, Int32(buffer.count))
            return buffer.baseAddress.flatMap { count > 0 ? String(cString: $0) : nil }
        }
    }

    /// Kind of the server's key.
    var serverKeyKind: Int32 {
        EVP_PKEY_get_base_id(X509_get0_pubkey(SSL_get0_peer_certificate(connection)))
    }
}

extension RawClient {
    /// Shakes hands, the client's part in pieces; everything after it is encrypted.
    func startTLS(_ options: TestTLSOptions = TestTLSOptions(), pieceBytes: Int = .max) async throws {
        let tls = try TestTLS(options)
        var isDone = try tls.handshake()
        while true {
            try await sendUncoded(tls.takeOutput(), pieceBytes: pieceBytes)
            if isDone { break }
            let bytes = try await receiveUncoded()
            guard !bytes.isEmpty else { throw Failure(description: "ended in the handshake") }
            isDone = try tls.handshake(bytes)
        }
        self.tls = tls
    }

    /// Sends bytes in pieces, each of which the other side may see alone.
    func sendUncoded(_ bytes: [UInt8], pieceBytes: Int) async throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            try await sendUncoded(Array(rest.prefix(pieceBytes)))
            rest = rest.dropFirst(pieceBytes)
        }
    }
}
