public import HTTPCore
public import Portal

/// The stable codes of the API's errors, and the one map from code to HTTP status.
public enum ProblemCode: String, CaseIterable, Sendable {
    case invalidArgument = "INVALID_ARGUMENT"
    case unauthenticated = "UNAUTHENTICATED"
    case forbidden = "FORBIDDEN"
    case notFound = "NOT_FOUND"
    case methodNotAllowed = "METHOD_NOT_ALLOWED"
    case alreadyExists = "ALREADY_EXISTS"
    case invalidPhase = "INVALID_PHASE"
    case conflict = "CONFLICT"
    case preconditionFailed = "PRECONDITION_FAILED"
    case payloadTooLarge = "PAYLOAD_TOO_LARGE"
    case unsupportedMediaType = "UNSUPPORTED_MEDIA_TYPE"
    case quotaExceeded = "QUOTA_EXCEEDED"
    case unprocessable = "UNPROCESSABLE"
    case rateLimited = "RATE_LIMITED"
    case requestTimeout = "REQUEST_TIMEOUT"
    case `internal` = "INTERNAL"
    case unavailable = "UNAVAILABLE"

    /// The code of a domain error.
    public init(_ code: PortalError.Code) {
        switch code {
        case .invalidArgument: self = .invalidArgument
        case .unauthenticated: self = .unauthenticated
        case .forbidden: self = .forbidden
        case .notFound: self = .notFound
        case .alreadyExists: self = .alreadyExists
        case .invalidPhase: self = .invalidPhase
        case .conflict: self = .conflict
        case .preconditionFailed: self = .preconditionFailed
        case .quotaExceeded: self = .quotaExceeded
        case .unprocessable: self = .unprocessable
        case .rateLimited: self = .rateLimited
        case .internal: self = .internal
        case .unavailable: self = .unavailable
        }
    }

    /// The status of the response (DESIGN.md section 5; RFC 9110 for those of HTTP itself).
    public var status: HTTPStatus {
        switch self {
        case .invalidArgument: .badRequest
        case .unauthenticated: .unauthorized
        case .forbidden: .forbidden
        case .notFound: .notFound
        case .methodNotAllowed: .methodNotAllowed
        case .alreadyExists, .invalidPhase, .conflict: .conflict
        case .preconditionFailed: .preconditionFailed
        case .payloadTooLarge: .contentTooLarge
        case .unsupportedMediaType: .unsupportedMediaType
        case .quotaExceeded, .unprocessable: .unprocessableContent
        case .rateLimited: .tooManyRequests
        case .requestTimeout: .requestTimeout
        case .internal: .internalServerError
        case .unavailable: .serviceUnavailable
        }
    }
}
