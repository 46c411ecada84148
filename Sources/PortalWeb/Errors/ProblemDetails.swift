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

    /// Describes any error; one that is not meant for callers becomes `INTERNAL` with no text of its own.
    public init(_ error: any Error, requestID: String, limits: WebLimits = WebLimits()) {
        self.requestID = requestID
        switch error {
        case let error as PortalError:
            code = ProblemCode(error.code)
            detail = error.message
            errors = Array(error.fields.prefix(limits.fieldErrorsMax))
            extensions = error.extensions
            var headers: [(name: String, value: String)] = []
            if let seconds = error.retryAfter?.components.seconds {
                headers.append(("Retry-After", String(max(1, seconds))))
            }
            if code == .unauthenticated { headers += WebError.unauthenticated().headers }
            self.headers = headers
        case let error as WebError:
            code = error.code
            detail = error.message
            errors = []
            extensions = [:]
            headers = error.headers
        default:
            code = .internal
            detail =
                "The portal failed to do this. Try again; if it happens again, tell an administrator the request id."
            errors = []
            extensions = [:]
            headers = []
        }
    }

    /// The members of RFC 9457 first, then `code`, `requestId`, `errors` and the extensions.
    public var json: JSONValue {
        var object: JSONObject = [
            "type": "about:blank",
            "title": .string(code.status.reason),
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
        var response = HTTPResponse.json(json.encoded(), status: code.status)
        response.headers.set("Content-Type", "application/problem+json")
        for header in headers { response.headers.set(header.name, header.value) }
        return response
    }
}
