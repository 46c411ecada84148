import HTTPCore
public import HTTPServer
public import JSON
public import Portal

/// The body of every failed API call: RFC 9457 problem details with the portal's members.
public struct ProblemDetails: Sendable {
    /// The stable code; decides the status.
    public let code: ProblemCode

    /// What happened, why and what to do, for a person.
    public let detail: String

    /// One entry a wrong field.
    public let errors: [FieldError]

    /// Members that a code defines, such as `allowedActions` of `INVALID_PHASE`.
    public let extensions: JSONObject

    /// The id in the log of the server.
    public let requestID: String

    /// Headers of the status.
    public let headers: [(name: String, value: String)]

    /// Describes any error; one that is not meant for callers becomes `INTERNAL` or `UNAVAILABLE` without its text.
    public init(_ error: any Error, requestID: String, limits: WebLimits = WebLimits()) {
        self.requestID = requestID
        if let error = error as? WebError {
            code = error.code
            detail = error.message
            errors = []
            extensions = [:]
            headers = error.headers
            return
        }
        let error = PortalError(wrapping: error)
        code = ProblemCode(error.code)
        detail = error.message
        errors = Array(error.fields.prefix(limits.fieldErrorsMax))
        extensions = error.extensions
        var headers = error.code == .unauthenticated ? WebError.unauthenticated().headers : []
        if let seconds = error.retryAfter?.components.seconds {
            headers.append((name: "Retry-After", value: String(max(1, seconds))))
        }
        self.headers = headers
    }

    /// The members of RFC 9457 first, then `code`, `requestId`, `errors` and the extensions.
    public var json: JSONValue {
        var object: JSONObject = [
            "type": "about:blank",
            "title": .string(code.status.reasonPhrase),
            "status": JSONValue(code.status.code),
            "detail": .string(detail),
            "code": .string(code.rawValue),
            "requestId": .string(requestID),
        ]
        if !errors.isEmpty { object["errors"] = .array(errors.map(\.json)) }
        for (key, value) in extensions where object[key] == nil { object[key] = value }
        return .object(object)
    }

    /// The response that carries the body.
    public var response: HTTPResponse {
        let bytes = json.encoded()
        var response = HTTPResponse.bytes(bytes, contentType: "application/problem+json", status: code.status)
        for header in headers { response.headers.set(header.name, header.value) }
        return response
    }
}
