public import JSON

/// Why a use case did not do what was asked: what the API and the pages show, and what only the log may see.
public struct PortalError: Error, Sendable {
    /// The kind of failure; the web layer maps each to one status.
    public enum Code: String, Sendable, CaseIterable {
        /// A field or the whole request is malformed; `fields` says where.
        case invalidArgument = "INVALID_ARGUMENT"
        /// Nobody is signed in, or the credentials are wrong.
        case unauthenticated = "UNAUTHENTICATED"
        /// The object is visible, the action not permitted.
        case forbidden = "FORBIDDEN"
        /// The object does not exist or is not visible to the caller.
        case notFound = "NOT_FOUND"
        /// The name is taken.
        case alreadyExists = "ALREADY_EXISTS"
        /// The phase does not allow the verb; `extensions` lists the allowed ones.
        case invalidPhase = "INVALID_PHASE"
        /// Another change is under way or stands against this one.
        case conflict = "CONFLICT"
        /// `If-Match` names another version.
        case preconditionFailed = "PRECONDITION_FAILED"
        /// A quota has no room for it; `extensions` has the level and what is missing.
        case quotaExceeded = "QUOTA_EXCEEDED"
        /// The request is well formed and cannot be done, as with a reused idempotency key.
        case unprocessable = "UNPROCESSABLE"
        /// Too many requests; `retryAfter` says when to come back.
        case rateLimited = "RATE_LIMITED"
        /// A defect of the portal; the cause is in the log under the request id.
        case `internal` = "INTERNAL"
        /// Something the portal needs does not answer now.
        case unavailable = "UNAVAILABLE"
    }

    /// The kind of failure.
    public let code: Code
    /// Sentences for a person: what happened, and what to try next.
    ///
    /// Never has SQL, hosts or secrets in it.
    public var message: String
    /// One entry per field that is wrong; may be empty.
    public var fields: [FieldError]
    /// Further members of the problem document.
    public var extensions: JSONObject
    /// When it is worth trying again; nil when that would not help or is not known.
    public var retryAfter: Duration?
    /// The cause, for the log only.
    public var underlying: (any Error)?
    /// What was looked for, of a `.notFound`, as in a sentence: `tenant`; nil for other errors.
    public private(set) var noun: String?

    /// An error of a kind with its message.
    public init(
        _ code: Code,
        _ message: String,
        fields: [FieldError] = [],
        extensions: JSONObject = [:],
        retryAfter: Duration? = nil,
        underlying: (any Error)? = nil
    ) {
        self.code = code
        self.message = message
        self.fields = fields
        self.extensions = extensions
        self.retryAfter = retryAfter
        self.underlying = underlying
    }

    /// True when the same request may succeed later without a change.
    public var isTransient: Bool {
        switch code {
        case .rateLimited, .unavailable, .conflict: true
        default: false
        }
    }
}

extension PortalError: CustomStringConvertible, CustomDebugStringConvertible {
    /// Code and message, fit for a caller's eyes.
    public var description: String { "\(code.rawValue): \(message)" }

    /// Everything including the cause, for the log.
    public var debugDescription: String {
        var text = description
        for field in fields { text += "; \(field.field) \(field.code): \(field.message)" }
        if let underlying { text += "; cause: \(String(reflecting: underlying))" }
        return text
    }
}

extension PortalError {
    /// The error of a request with malformed fields, in the order of `fields`.
    public static func invalid(_ fields: [FieldError]) -> PortalError {
        let message =
            fields.count == 1
            ? "\(fields[0].field): \(fields[0].message)"
            : "The request has \(fields.count) fields that are not right. Correct them and send it again."
        return PortalError(.invalidArgument, message, fields: fields)
    }

    /// The error of a request with one malformed field.
    public static func invalid(_ field: String, _ code: String, _ message: String) -> PortalError {
        .invalid([FieldError(field: field, code: code, message: message)])
    }

    /// The error for what does not exist and for what the caller may not see: nobody can tell the two apart.
    ///
    /// The noun is what was looked for, as in a sentence: `vcluster`, `tenant`.
    public static func notFound(_ noun: String) -> PortalError {
        var error = PortalError(
            .notFound,
            "There is no such \(noun), or you may not see it. Check the id and your roles."
        )
        error.noun = noun
        return error
    }

    /// The error for a visible object without the permission for the action.
    public static func forbidden(_ permission: Permission) -> PortalError {
        PortalError(
            .forbidden,
            "You need the permission \(permission.rawValue) for this. Ask a manager of the tenant for a role that has it.",
            extensions: ["missingPermission": .string(permission.rawValue)]
        )
    }

    /// The error for a request without valid credentials.
    public static let unauthenticated = PortalError(
        .unauthenticated,
        "You are not signed in, or your session or token has ended. Sign in again."
    )
}
