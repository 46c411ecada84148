import JSON
import Logging
import Postgres

/// Why somebody with an answer of a provider is not let in; the page has a text for each.
public enum ProviderRefusal: String, Sendable, Hashable, CaseIterable {
    /// The sign-in was begun in another browser, too long ago, or was used already.
    case expired
    /// The provider let the user not go on, or the user did not want to.
    case denied
    /// The answer or the token in it is not to be believed.
    case untrusted
    /// There is no account, and none is made.
    case noAccount
    /// There is no account, and none can be made without a verified e-mail.
    case noEmail
    /// The e-mail belongs to an account that is not tied to this identity.
    case emailTaken
    /// The account is disabled, or is not for people.
    case disabled

    /// What the caller is told.
    var message: String {
        switch self {
        case .expired: "This sign-in is over: it was used, took too long, or was begun in another browser. Begin again."
        case .denied: "The identity provider did not let you in. Begin again, or sign in another way."
        case .untrusted: "The answer of the identity provider could not be verified. Begin again."
        case .noAccount: "You have no account here. Ask an administrator for one."
        case .noEmail: "The identity provider told no verified e-mail address, which an account here needs."
        case .emailTaken:
            "There is an account with your e-mail already. Sign in with its password, or ask an administrator."
        case .disabled: "This account cannot sign in. Ask an administrator."
        }
    }
}

extension ProviderSignInService {
    /// The error of a refusal to somebody who began no sign-in here, which is anybody: it is in the log, and not in the
    /// audit log, which strangers shall not fill.
    func dismiss(_ refusal: ProviderRefusal, _ id: String, _ reason: String, _ client: ClientInfo) -> PortalError {
        note(refusal, id, reason, client)
        return Self.error(of: refusal)
    }

    private static func error(of refusal: ProviderRefusal) -> PortalError {
        PortalError(.unauthenticated, refusal.message, extensions: ["reason": .string(refusal.rawValue)])
    }

    private func note(_ refusal: ProviderRefusal, _ id: String, _ reason: String, _ client: ClientInfo) {
        logger.notice(
            "a sign-in at an identity provider was refused",
            metadata: [
                "provider": "\(id)", "refusal": "\(refusal.rawValue)", "reason": "\(reason)",
                "request": "\(client.requestID ?? "")",
            ]
        )
    }

    /// The error of a refusal, once it is in the audit log.
    ///
    /// - Parameters:
    ///   - refusal: Why.
    ///   - id: The provider.
    ///   - reason: Words for the logs; no secrets.
    ///   - client: Who asked.
    ///   - user: Whose account it is; nil when nobody's.
    /// - Returns: The error for the caller.
    /// - Throws: `PostgresError`.
    func refuse(
        _ refusal: ProviderRefusal,
        _ id: String,
        _ reason: String,
        _ client: ClientInfo,
        user: User? = nil
    ) async throws -> PortalError {
        note(refusal, id, reason, client)
        var actor = Caller.system("sign-in")
        actor.requestID = client.requestID
        var entry = AuditEntry(.sessionStart, of: user.map { .user($0) } ?? .unknownUser)
        entry.after = [
            "address": .string(client.address), "provider": .string(id), "refusal": .string(refusal.rawValue),
            "reason": .string(reason),
        ]
        entry.result = .refused
        let (record, caller, now) = (entry, actor, identity.time.now())
        let limits = identity.limits.audit
        try await identity.database.elevated(for: .authentication).transaction { transaction in
            try await AuditLog.record(record, by: caller, at: now, limits: limits, in: transaction)
        }
        return Self.error(of: refusal)
    }
}
