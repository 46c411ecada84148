/// Why a call to a Kubernetes API failed.
///
/// `description` has the kind and the operation and is safe to show to anyone who may see the object's name;
/// `debugDescription` adds the server's own text and the cause, for the log. Credentials are in neither.
public struct KubernetesError: Error, Sendable {
    /// What went wrong, closed so that a driver can map every case.
    public let kind: Kind
    /// One sentence for a person, without addresses and without the server's text.
    public let message: String
    /// What was attempted, such as `PATCH statefulsets team-a/acme`; nil outside of calls.
    public internal(set) var operation: String?
    /// The server's explanation, when a server answered.
    public let status: KubernetesStatus?
    /// How long the server asks to wait before the next attempt.
    public let retryAfter: Duration?
    /// The cause, for the log.
    public let underlying: (any Error)?

    /// The kinds of failure.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A kubeconfig, name or option is wrong; nothing was sent.
        case configuration
        /// A token file or credential plugin gave no credentials; nothing was sent.
        case credentials
        /// No connection, or it broke: name resolution, refused, reset, no route, a proxy.
        case unreachable
        /// The server's certificate is not trusted, or it did not accept the client's.
        case tls
        /// Connected, but no complete answer in time. A write may have happened.
        case timeout
        /// 401: the credentials are not accepted.
        case unauthorized
        /// 403: not allowed, or refused by admission such as a quota.
        case forbidden
        /// 404: no such object, or no such API.
        case notFound
        /// 409 with reason `AlreadyExists`.
        case alreadyExists
        /// 409: changed since it was read, a failed precondition, or a field owned by another manager.
        case conflict
        /// 410: the resource version or continue token is too old.
        case gone
        /// 422 or 400: the object or request is not valid.
        case invalid
        /// 429: too many requests, or an eviction refused by a disruption budget.
        case tooManyRequests
        /// 5xx: the server, or what stands before it, cannot answer now.
        case unavailable
        /// Any other status that is no success.
        case rejected
        /// The answer is larger than a limit of the client.
        case tooLarge
        /// The answer is not what a Kubernetes API sends.
        case malformedResponse
        /// The client was closed.
        case closed
    }

    /// Makes an error.
    ///
    /// - Parameters:
    ///   - kind: What went wrong.
    ///   - message: One sentence for a person, without addresses and credentials.
    ///   - operation: What was attempted.
    ///   - status: The server's explanation.
    ///   - retryAfter: How long the server asks to wait.
    ///   - underlying: The cause, for the log.
    public init(
        kind: Kind,
        message: String,
        operation: String? = nil,
        status: KubernetesStatus? = nil,
        retryAfter: Duration? = nil,
        underlying: (any Error)? = nil
    ) {
        self.kind = kind
        self.message = message
        self.operation = operation
        self.status = status
        self.retryAfter = retryAfter
        self.underlying = underlying
    }

    /// True when the same call may succeed later without anybody changing anything.
    ///
    /// A write that timed out may have happened: repeat it only if it is idempotent.
    public var isTransient: Bool {
        switch kind {
        case .unreachable, .timeout, .tooManyRequests, .unavailable: true
        default: false
        }
    }

    /// True when a ResourceQuota of the namespace refused the object (admission answers 403 and says so only
    /// in its text).
    public var isQuotaExceeded: Bool {
        kind == .forbidden && (status?.message.contains("exceeded quota") ?? false)
    }
}

extension KubernetesError: CustomStringConvertible, CustomDebugStringConvertible {
    /// The message and the operation, such as `no such object (GET pods team-a/acme-0)`.
    public var description: String {
        operation.map { "\(message) (\($0))" } ?? message
    }

    /// Everything for the log: kind, operation, the server's text and the cause.
    public var debugDescription: String {
        var parts = ["\(kind.rawValue): \(description)"]
        if let status {
            parts.append("status \(status.code) \(status.reason): \(status.message)")
        }
        if let underlying {
            parts.append("cause: \(underlying)")
        }
        return parts.joined(separator: "; ")
    }
}

extension KubernetesError {
    /// An error of a kubeconfig or of a call's own parameters.
    static func configuration(_ message: String) -> KubernetesError {
        KubernetesError(kind: .configuration, message: message)
    }

    /// An error of a token file or plugin.
    static func credentials(_ message: String, underlying: (any Error)? = nil) -> KubernetesError {
        KubernetesError(kind: .credentials, message: message, underlying: underlying)
    }

    /// The same error with what was attempted, unless it says so already.
    func during(_ operation: String) -> KubernetesError {
        var error = self
        error.operation = error.operation ?? operation
        return error
    }
}
