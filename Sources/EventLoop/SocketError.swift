import Glibc

/// The failure of a system call or of a wait on a descriptor.
///
/// `failed` names the call and carries its `errno`, so that a log line says what went wrong without a debugger.
public enum SocketError: Error, Sendable, Hashable, CustomStringConvertible {
    /// A system call failed; `code` is its `errno` (see errno(3)).
    case failed(call: String, code: Int32)
    /// The deadline of a wait passed first.
    case timedOut
    /// The watcher was closed, its loop stopped, or the waiting task was cancelled.
    case cancelled
    /// A host name or address could not be understood; `reason` is getaddrinfo's own text.
    case unresolved(host: String, reason: String)

    /// The error of the call that has just returned -1 on this thread.
    ///
    /// - Parameter call: Name of the system call, as in its manual page.
    /// - Returns: ``failed(call:code:)`` with the present `errno`.
    public static func last(_ call: String) -> SocketError {
        .failed(call: call, code: errno)
    }

    /// The `errno` value of a failed call; `nil` for the other cases.
    public var code: Int32? {
        if case .failed(_, let code) = self { return code }
        return nil
    }

    /// Whether the other side went away: the connection is of no use any more, nobody is at fault here.
    public var isDisconnect: Bool {
        guard let code else { return false }
        return code == EPIPE || code == ECONNRESET || code == ENOTCONN || code == ETIMEDOUT
    }

    /// One line with the call, its number and the system's text.
    public var description: String {
        switch self {
        case .failed(let call, let code):
            return "\(call) failed: \(String(cString: strerror(code))) (errno \(code))"
        case .timedOut:
            return "timed out"
        case .cancelled:
            return "cancelled"
        case .unresolved(let host, let reason):
            return "cannot resolve \(host): \(reason)"
        }
    }
}
