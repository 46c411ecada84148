import COpenSSL

/// What is wrong with a TLS configuration or with a connection's TLS.
public enum TLSError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A file cannot be read or does not hold what it should; the reason is OpenSSL's own.
    case unusableFile(path: String, reason: String)
    /// The configuration names no certificate.
    case noCertificate
    /// A call of OpenSSL failed; the name is that of its manual page.
    case failed(call: String, reason: String)
    /// The client's certificate was refused, for OpenSSL's or our own reason.
    case clientRefused(reason: String)

    /// One line for the log.
    public var description: String {
        switch self {
        case .unusableFile(let path, let reason): "\(path) cannot be used: \(reason)"
        case .noCertificate: "the TLS configuration names no certificate"
        case .failed(let call, let reason): "\(call) failed: \(reason)"
        case .clientRefused(let reason): "the client's certificate was refused: \(reason)"
        }
    }

    /// The failure of the call that has just returned; empties this thread's error queue (ERR_get_error(3)).
    static func last(_ call: String) -> TLSError {
        .failed(call: call, reason: takeReason())
    }

    /// A file that the call that has just returned could not use.
    static func lastFor(path: String) -> TLSError {
        .unusableFile(path: path, reason: takeReason())
    }

    /// Text of the newest entry of this thread's error queue, which is empty afterwards.
    static func takeReason() -> String {
        let code = ERR_peek_last_error()
        ERR_clear_error()
        guard code != 0 else { return "no reason given" }
        return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 256) { text in
            // Always terminated (ERR_error_string_n(3)).
            ERR_error_string_n(code, text.baseAddress, text.count)
            return text.baseAddress.map { String(cString: $0) } ?? "error \(code)"
        }
    }
}
