/// Why a request cannot be read; every case ends the connection, because what follows has no reliable meaning.
public enum HTTPParseError: Error, Sendable, Hashable, CaseIterable {
    /// The request line is not `method SP target SP version CRLF` (RFC 9112 section 3).
    case invalidRequestLine
    /// The method is not a token (RFC 9110 section 9.1).
    case invalidMethod
    /// The method is longer than the limit, or is `CONNECT`, which only proxies serve.
    case unsupportedMethod
    /// The target has a forbidden byte, a broken escape or a form that does not fit (RFC 9112 section 3.2).
    case invalidTarget
    /// The target is longer than the limit.
    case targetTooLong
    /// The version is not `HTTP/` digit `.` digit (RFC 9112 section 2.3).
    case invalidVersion
    /// The major version is not 1.
    case unsupportedVersion
    /// A line ends in LF without CR, or has a CR that no LF follows (RFC 9112 section 2.2).
    case invalidLineEnd
    /// More empty lines before the request than the limit (RFC 9112 section 2.2).
    case tooManyEmptyLines
    /// A field name is empty, not a token, or followed by white space (RFC 9112 section 5.1).
    case invalidFieldName
    /// A field line continues on the next line (RFC 9112 section 5.2), or white space precedes the first field.
    case foldedField
    /// A field value has a control character (RFC 9110 section 5.5).
    case invalidFieldValue
    /// More bytes or field lines than the limits (RFC 6585 section 5).
    case headersTooLarge
    /// `Host` is missing, repeated or malformed (RFC 9112 section 3.2).
    case invalidHost
    /// `Content-Length` is not one plain decimal number (RFC 9112 section 6.3 rule 5).
    case invalidContentLength
    /// `Content-Length` and `Transfer-Encoding` in one message (RFC 9112 section 6.1).
    case conflictingFraming
    /// `Transfer-Encoding` is malformed, repeats `chunked`, or comes from an HTTP/1.0 client (RFC 9112 section 6.1).
    case invalidTransferEncoding
    /// A transfer coding other than `chunked` (RFC 9112 section 6.1).
    case unsupportedTransferEncoding
    /// An expectation other than `100-continue` (RFC 9110 section 10.1.1).
    case unsupportedExpectation
    /// A chunk size that is not hexadecimal, overflows or is too long, or a chunk without its CRLF (RFC 9112 section 7.1).
    case invalidChunk
    /// More content than the limit.
    case contentTooLarge
    /// The trailer section is larger than its limits.
    case trailersTooLarge

    /// The status that the client is told before the connection closes.
    public var status: HTTPStatus {
        switch self {
        case .unsupportedMethod, .unsupportedTransferEncoding: .notImplemented
        case .targetTooLong: .uriTooLong
        case .unsupportedVersion: .httpVersionNotSupported
        case .headersTooLarge, .trailersTooLarge: .requestHeaderFieldsTooLarge
        case .unsupportedExpectation: .expectationFailed
        case .contentTooLarge: .contentTooLarge
        case .invalidRequestLine, .invalidMethod, .invalidTarget, .invalidVersion, .invalidLineEnd,
            .tooManyEmptyLines, .invalidFieldName, .foldedField, .invalidFieldValue, .invalidHost,
            .invalidContentLength, .conflictingFraming, .invalidTransferEncoding, .invalidChunk:
            .badRequest
        }
    }

    /// One sentence for the client.
    public var message: String {
        switch self {
        case .invalidRequestLine: "The request line is malformed."
        case .invalidMethod: "The method is not a token."
        case .unsupportedMethod: "The method is not implemented here."
        case .invalidTarget: "The request target is malformed."
        case .targetTooLong: "The request target is too long."
        case .invalidVersion: "The HTTP version is malformed."
        case .unsupportedVersion: "Only HTTP/1.1 and HTTP/1.0 are spoken here."
        case .invalidLineEnd: "A line does not end in CR LF."
        case .tooManyEmptyLines: "There are too many empty lines before the request."
        case .invalidFieldName: "A header field name is malformed."
        case .foldedField: "Folded header lines are not accepted."
        case .invalidFieldValue: "A header field value has a forbidden character."
        case .headersTooLarge: "The header section is too large."
        case .invalidHost: "Exactly one valid Host field is needed."
        case .invalidContentLength: "Content-Length must be one decimal number."
        case .conflictingFraming: "Content-Length and Transfer-Encoding exclude each other."
        case .invalidTransferEncoding: "Transfer-Encoding must be the single coding chunked, in HTTP/1.1."
        case .unsupportedTransferEncoding: "This transfer coding is not implemented here."
        case .unsupportedExpectation: "Only the expectation 100-continue is known."
        case .invalidChunk: "The chunked content is malformed."
        case .contentTooLarge: "The content is too large."
        case .trailersTooLarge: "The trailer section is too large."
        }
    }
}
