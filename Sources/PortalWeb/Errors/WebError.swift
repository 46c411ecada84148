import HTTPCore

/// An error that HTTP itself defines and the domain knows nothing about.
public struct WebError: Error, Sendable {
    /// Decides the status.
    public let code: ProblemCode

    /// Written for a person, with the next step.
    public let message: String

    /// Headers that belong to the status, such as `Allow` or `WWW-Authenticate`.
    public var headers: [(name: String, value: String)] = []

    /// An error with no headers of its own.
    public init(_ code: ProblemCode, _ message: String) {
        self.code = code
        self.message = message
    }

    /// 401 with the challenge that RFC 9110 section 11.6.1 asks for.
    public static func unauthenticated(
        _ message: String = "Sign in first: send the session cookie or `Authorization: Bearer <token>`."
    ) -> WebError {
        var error = WebError(.unauthenticated, message)
        error.headers = [("WWW-Authenticate", "Bearer realm=\"portal\"")]
        return error
    }

    /// 404 for a path or an id that does not exist.
    public static func notFound(
        _ message: String = "There is nothing at this address, or you may not see it. Check the id and your tenant."
    ) -> WebError {
        WebError(.notFound, message)
    }

    /// 405 with the methods that the path has.
    static func methodNotAllowed(_ method: HTTPMethod, allow: [HTTPMethod]) -> WebError {
        let names = allow.map(\.rawValue).joined(separator: ", ")
        var error = WebError(.methodNotAllowed, "\(method.rawValue) does not work here. Use one of: \(names).")
        error.headers = [("Allow", names)]
        return error
    }

    /// 413 that names the limit.
    static func payloadTooLarge(bytesMax: Int) -> WebError {
        WebError(.payloadTooLarge, "The body is larger than \(bytesMax) bytes. Send a smaller one.")
    }

    /// 415 that names what is accepted.
    static func unsupportedMediaType(_ found: String?, expected: String) -> WebError {
        var error = WebError(
            .unsupportedMediaType,
            "The body has to be \(expected), not \(found ?? "without a Content-Type"). Set the Content-Type header."
        )
        error.headers = [("Accept", expected)]
        return error
    }
}
