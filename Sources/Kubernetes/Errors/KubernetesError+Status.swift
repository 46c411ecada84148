extension KubernetesError {
    /// The error for a status that is no success.
    ///
    /// - Parameters:
    ///   - status: The server's explanation.
    ///   - operation: What was attempted.
    ///   - retryAfter: The value of the `Retry-After` header; wins over the body's.
    init(status: KubernetesStatus, operation: String?, retryAfter: Duration? = nil) {
        let kind = Self.kind(of: status)
        self.init(
            kind: kind,
            message: Self.message(for: kind, code: status.code),
            operation: operation,
            status: status,
            retryAfter: retryAfter ?? status.retryAfter
        )
    }

    /// Reasons are more exact than codes where both are known: 409 and 500 have several meanings.
    private static func kind(of status: KubernetesStatus) -> Kind {
        switch (status.code, status.reason) {
        case (401, _): .unauthorized
        case (403, _): .forbidden
        case (404, _): .notFound
        case (409, "AlreadyExists"): .alreadyExists
        case (409, _): .conflict
        case (410, _): .gone
        case (400, "Expired"): .gone
        case (400, _), (422, _): .invalid
        case (413, _): .tooLarge
        case (429, _): .tooManyRequests
        case (500..., _): .unavailable
        default: .rejected
        }
    }

    private static func message(for kind: Kind, code: Int) -> String {
        switch kind {
        case .unauthorized: "the Kubernetes API does not accept the credentials"
        case .forbidden: "the Kubernetes API refuses the request"
        case .notFound: "no such object in the Kubernetes API"
        case .alreadyExists: "the object exists already"
        case .conflict: "the object was changed by somebody else"
        case .gone: "the resource version is too old"
        case .invalid: "the Kubernetes API finds the request invalid"
        case .tooManyRequests: "the Kubernetes API asks to slow down"
        case .tooLarge: "the request is too large for the Kubernetes API"
        case .unavailable: "the Kubernetes API cannot answer now (HTTP \(code))"
        default: "the Kubernetes API answered HTTP \(code)"
        }
    }
}
