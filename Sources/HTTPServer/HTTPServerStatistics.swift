import HTTPCore
import Synchronization

/// What a server counts of the connections that never became requests; given to it by its configuration and read by
/// whoever shows metrics.
///
/// Touched when a connection is refused and never by a request, so that it costs nothing where speed matters.
public final class HTTPServerStatistics: Sendable {
    private let refused = Mutex<[HTTPRefusal: UInt64]>([:])

    /// Nothing has been counted.
    public init() {}

    /// How often input was refused before a handler saw a request: every reason, with 0 for what did not happen.
    public var refusals: [(reason: HTTPRefusal, count: UInt64)] {
        let counts = refused.withLock { $0 }
        return HTTPRefusal.allCases.map { ($0, counts[$0, default: 0]) }
    }

    /// Counts one refusal.
    func refuse(_ reason: HTTPRefusal) {
        refused.withLock { $0[reason, default: 0] += 1 }
    }
}

/// Why a connection's input was answered by the server itself.
public enum HTTPRefusal: String, Sendable, Hashable, CaseIterable {
    /// What came is not HTTP, or could be read in two ways: 400.
    case malformed
    /// The request did not arrive in time: 408.
    case timeout
    /// The target is longer than the limit: 414.
    case targetTooLong = "target_too_long"
    /// The header section is larger than the limits: 431.
    case headersTooLarge = "headers_too_large"
    /// An expectation, a method, a coding or a version that the server does not know: 417, 501, 505.
    case unsupported
    /// A connection without the PROXY header that its listener wants, or from a peer that may not send one.
    case proxyHeader = "proxy_header"
    /// A TLS handshake that failed or did not end in time.
    case handshake
    /// The client, or all of them together, ask for more than there is: 429, 503.
    case overload
    /// Anything else.
    case other

    /// The reason for which a status is sent.
    init(_ status: HTTPStatus) {
        switch status.code {
        case 400: self = .malformed
        case 408: self = .timeout
        case 414: self = .targetTooLong
        case 431: self = .headersTooLarge
        case 417, 501, 505: self = .unsupported
        case 429, 503: self = .overload
        default: self = .other
        }
    }
}
