import AsyncHTTPClient
import NIOHTTP1
import NIOSSL

extension KubernetesError {
    /// Classifies what the HTTP client threw.
    ///
    /// - Parameters:
    ///   - error: Anything but a cancellation.
    ///   - operation: What was attempted.
    init(transport error: any Error, operation: String) {
        if let known = error as? KubernetesError {
            self = known.during(operation)
            return
        }
        let kind = Self.kind(of: error)
        // A header error quotes the header, which may be the token.
        let underlying = (error as? HTTPClientError).map(Self.isHeaderError) == true ? nil : error
        self.init(kind: kind, message: Self.message(for: kind), operation: operation, underlying: underlying)
    }

    /// These carry the offending text, so they cannot be matched by value.
    private static func isHeaderError(_ error: HTTPClientError) -> Bool {
        error.shortDescription.contains("header")
    }

    private static func kind(of error: any Error) -> Kind {
        switch error {
        case let error as HTTPClientError: kind(of: error)
        case is NIOSSLError, is BoringSSLError, is NIOSSLExtraError: .tls
        // The body broke off in the middle.
        case HTTPParserError.invalidEOFState: .unreachable
        case is HTTPParserError: .malformedResponse
        // Everything else is the network's: IOError, NIOConnectionError, ChannelError, resolver errors.
        default: .unreachable
        }
    }

    private static func kind(of error: HTTPClientError) -> Kind {
        switch error {
        case .deadlineExceeded, .readTimeout, .writeTimeout, .getConnectionFromPoolTimeout: .timeout
        case .alreadyShutdown: .closed
        case .invalidURL, .emptyHost, .emptyScheme: .configuration
        default: isHeaderError(error) ? .configuration : .unreachable
        }
    }

    private static func message(for kind: Kind) -> String {
        switch kind {
        case .tls: "no trusted TLS connection to the Kubernetes API"
        case .timeout: "the Kubernetes API did not answer in time"
        case .malformedResponse: "the server does not answer like a Kubernetes API"
        case .closed: "the Kubernetes client is closed"
        case .configuration: "the server address or the credentials cannot be put into a request"
        default: "the Kubernetes API cannot be reached"
        }
    }
}
