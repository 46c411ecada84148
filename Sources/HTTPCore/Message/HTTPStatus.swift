/// A status code with its reason phrase (RFC 9110 section 15).
public struct HTTPStatus: Sendable, Hashable, CustomStringConvertible {
    /// Three digits, 100…599.
    public let code: Int

    /// A status of a code.
    ///
    /// - Parameter code: 100…599; anything else becomes 500, so that a wrong number cannot produce a message that
    ///   clients read in different ways.
    public init(code: Int) {
        self.code = (100...599).contains(code) ? code : 500
    }

    /// Whether the response is interim (1xx): a final one follows.
    public var isInformational: Bool { code < 200 }
    /// Whether the request was understood and accepted (2xx).
    public var isSuccess: Bool { (200...299).contains(code) }
    /// Whether the client is at fault (4xx).
    public var isClientError: Bool { (400...499).contains(code) }
    /// Whether the server is at fault (5xx).
    public var isServerError: Bool { code >= 500 }

    /// Whether a response with this status never has content (RFC 9112 section 6.3 rule 1).
    public var forbidsContent: Bool { code < 200 || code == 204 || code == 304 }

    /// Code and reason, for example `404 Not Found`.
    public var description: String { "\(code) \(reasonPhrase)" }
}

extension HTTPStatus {
    /// 100 (RFC 9110 section 15.2.1).
    public static let `continue` = HTTPStatus(code: 100)
    /// 200 (RFC 9110 section 15.3.1).
    public static let ok = HTTPStatus(code: 200)
    /// 201 (RFC 9110 section 15.3.2).
    public static let created = HTTPStatus(code: 201)
    /// 202 (RFC 9110 section 15.3.3).
    public static let accepted = HTTPStatus(code: 202)
    /// 204 (RFC 9110 section 15.3.5).
    public static let noContent = HTTPStatus(code: 204)
    /// 206 (RFC 9110 section 15.3.7).
    public static let partialContent = HTTPStatus(code: 206)
    /// 301 (RFC 9110 section 15.4.2).
    public static let movedPermanently = HTTPStatus(code: 301)
    /// 302 (RFC 9110 section 15.4.3).
    public static let found = HTTPStatus(code: 302)
    /// 303 (RFC 9110 section 15.4.4).
    public static let seeOther = HTTPStatus(code: 303)
    /// 304 (RFC 9110 section 15.4.5).
    public static let notModified = HTTPStatus(code: 304)
    /// 307 (RFC 9110 section 15.4.8).
    public static let temporaryRedirect = HTTPStatus(code: 307)
    /// 308 (RFC 9110 section 15.4.9).
    public static let permanentRedirect = HTTPStatus(code: 308)
    /// 400 (RFC 9110 section 15.5.1).
    public static let badRequest = HTTPStatus(code: 400)
    /// 401 (RFC 9110 section 15.5.2).
    public static let unauthorized = HTTPStatus(code: 401)
    /// 403 (RFC 9110 section 15.5.4).
    public static let forbidden = HTTPStatus(code: 403)
    /// 404 (RFC 9110 section 15.5.5).
    public static let notFound = HTTPStatus(code: 404)
    /// 405 (RFC 9110 section 15.5.6).
    public static let methodNotAllowed = HTTPStatus(code: 405)
    /// 406 (RFC 9110 section 15.5.7).
    public static let notAcceptable = HTTPStatus(code: 406)
    /// 408 (RFC 9110 section 15.5.9).
    public static let requestTimeout = HTTPStatus(code: 408)
    /// 409 (RFC 9110 section 15.5.10).
    public static let conflict = HTTPStatus(code: 409)
    /// 410 (RFC 9110 section 15.5.11).
    public static let gone = HTTPStatus(code: 410)
    /// 411 (RFC 9110 section 15.5.12).
    public static let lengthRequired = HTTPStatus(code: 411)
    /// 412 (RFC 9110 section 15.5.13).
    public static let preconditionFailed = HTTPStatus(code: 412)
    /// 413 (RFC 9110 section 15.5.14).
    public static let contentTooLarge = HTTPStatus(code: 413)
    /// 414 (RFC 9110 section 15.5.15).
    public static let uriTooLong = HTTPStatus(code: 414)
    /// 415 (RFC 9110 section 15.5.16).
    public static let unsupportedMediaType = HTTPStatus(code: 415)
    /// 416 (RFC 9110 section 15.5.17).
    public static let rangeNotSatisfiable = HTTPStatus(code: 416)
    /// 417 (RFC 9110 section 15.5.18).
    public static let expectationFailed = HTTPStatus(code: 417)
    /// 421 (RFC 9110 section 15.5.20).
    public static let misdirectedRequest = HTTPStatus(code: 421)
    /// 422 (RFC 9110 section 15.5.21).
    public static let unprocessableContent = HTTPStatus(code: 422)
    /// 428 (RFC 6585).
    public static let preconditionRequired = HTTPStatus(code: 428)
    /// 429 (RFC 6585).
    public static let tooManyRequests = HTTPStatus(code: 429)
    /// 431 (RFC 6585).
    public static let requestHeaderFieldsTooLarge = HTTPStatus(code: 431)
    /// 500 (RFC 9110 section 15.6.1).
    public static let internalServerError = HTTPStatus(code: 500)
    /// 501 (RFC 9110 section 15.6.2).
    public static let notImplemented = HTTPStatus(code: 501)
    /// 502 (RFC 9110 section 15.6.3).
    public static let badGateway = HTTPStatus(code: 502)
    /// 503 (RFC 9110 section 15.6.4).
    public static let serviceUnavailable = HTTPStatus(code: 503)
    /// 504 (RFC 9110 section 15.6.5).
    public static let gatewayTimeout = HTTPStatus(code: 504)
    /// 505 (RFC 9110 section 15.6.6).
    public static let httpVersionNotSupported = HTTPStatus(code: 505)

    /// The reason phrase of the registry; `Status` for codes without one, since clients ignore it anyway.
    public var reasonPhrase: String {
        Self.reasonPhrases[code] ?? "Status"
    }

    private static let reasonPhrases: [Int: String] = [
        100: "Continue", 101: "Switching Protocols", 103: "Early Hints",
        200: "OK", 201: "Created", 202: "Accepted", 203: "Non-Authoritative Information", 204: "No Content",
        205: "Reset Content", 206: "Partial Content",
        300: "Multiple Choices", 301: "Moved Permanently", 302: "Found", 303: "See Other", 304: "Not Modified",
        307: "Temporary Redirect", 308: "Permanent Redirect",
        400: "Bad Request", 401: "Unauthorized", 402: "Payment Required", 403: "Forbidden", 404: "Not Found",
        405: "Method Not Allowed", 406: "Not Acceptable", 408: "Request Timeout", 409: "Conflict", 410: "Gone",
        411: "Length Required", 412: "Precondition Failed", 413: "Content Too Large", 414: "URI Too Long",
        415: "Unsupported Media Type", 416: "Range Not Satisfiable", 417: "Expectation Failed",
        421: "Misdirected Request", 422: "Unprocessable Content", 423: "Locked", 424: "Failed Dependency",
        425: "Too Early", 426: "Upgrade Required", 428: "Precondition Required", 429: "Too Many Requests",
        431: "Request Header Fields Too Large", 451: "Unavailable For Legal Reasons",
        500: "Internal Server Error", 501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable",
        504: "Gateway Timeout", 505: "HTTP Version Not Supported", 507: "Insufficient Storage",
    ]
}
