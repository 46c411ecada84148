import JSON
import Postgres

extension PortalError {
    /// Any error as one that may be shown: a `PortalError` stays, everything else keeps its details for the log.
    public init(wrapping error: any Error) {
        switch error {
        case let error as PortalError:
            self = error
        case let refusal as QuotaRefusal:
            self = refusal.error(contacts: [])
        case let error as PostgresError where error.isTransient:
            self.init(
                .unavailable,
                "The portal's database does not answer at the moment. Try again in a few seconds.",
                retryAfter: .seconds(2),
                underlying: error
            )
        case let error as HostError where error.isTransient:
            self.init(
                .unavailable,
                error.message,
                extensions: ["reason": .string(error.reason.rawValue)],
                underlying: error
            )
        case let error as HostError:
            self.init(
                .conflict,
                error.message,
                extensions: ["reason": .string(error.reason.rawValue)],
                underlying: error
            )
        default:
            self.init(
                .internal,
                "The portal failed to do this. The cause is in its log under the id of this request.",
                underlying: error
            )
        }
    }
}

extension Error {
    /// Whether this is the violation of one named constraint.
    func violates(_ constraint: String) -> Bool {
        guard let error = self as? PostgresError else { return false }
        return error.constraint == constraint && .integrityConstraintViolation ~= error.sqlState
    }
}
