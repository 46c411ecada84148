import FoundationEssentials
import JSON
import Postgres

extension ProviderSignInService {
    /// Starts the session of the account that an identity belongs to; ties or makes the account first when it may.
    func signIn(
        _ external: ExternalIdentity,
        at settings: IdentityProviderSettings,
        _ client: ClientInfo
    ) async throws -> SignIn {
        do {
            do {
                return try await attempt(external, settings, client)
            } catch  where error.violates("external_identities_pkey") || error.violates("users_email_is_unique") {
                // Two tabs of one person came first at the same moment: now there is an account.
                return try await attempt(external, settings, client)
            }
        } catch let refused as Refused {
            throw try await refuse(
                refused.refusal,
                settings.id,
                "subject known, account not",
                client,
                user: refused.user
            )
        }
    }

    /// Ends the transaction of an attempt; what is told is told outside of it.
    private struct Refused: Error {
        let refusal: ProviderRefusal
        var user: User?
    }

    private func attempt(
        _ external: ExternalIdentity,
        _ settings: IdentityProviderSettings,
        _ client: ClientInfo
    ) async throws -> SignIn {
        let store = identity.database.elevated(for: .authentication)
        return try await store.transaction { transaction in
            let now = identity.time.now()
            let (user, known) = try await account(of: external, settings, at: now, in: transaction)
            guard user.isActive, user.kind == .person else { throw Refused(refusal: .disabled, user: user) }
            try await transaction.execute(ProviderSignInQueries.touch(external, at: now))
            let changes = try await synchronize(user, external.groups, settings, at: now, in: transaction)
            let signIn = NewSignIn(user: user, client: client, provider: settings.id)
            let (token, session) = identity.makeSession(signIn)
            try await identity.insert(session, token, signIn, after: known + changes, in: transaction)
            return SignIn(token: token.text, expiresAt: session.expiresAt, user: user, failures: nil)
        }
    }

    /// The account of an identity: the one it is tied to, one with its e-mail, or a new one; with what was changed for it.
    private func account(
        of external: ExternalIdentity,
        _ settings: IdentityProviderSettings,
        at now: Date,
        in transaction: PortalTransaction
    ) async throws -> (User, [AuditEntry]) {
        let known = ProviderSignInQueries.user(issuer: external.issuer, subject: external.subject)
        if let row = try await transaction.query(known).first { return (try User(row: row), []) }
        var errors = FieldErrors()
        let email = TextRules.email(external.email ?? "", field: "email", errors: &errors)
        guard external.isEmailVerified, errors.isEmpty else {
            throw Refused(refusal: settings.createsUsers ? .noEmail : .noAccount)
        }
        if let row = try await transaction.query(UserQueries.byEmail(email)).first {
            let found = try User(row: row)
            guard settings.linksByEmail, found.kind == .person else {
                throw Refused(refusal: .emailTaken, user: found)
            }
            // Locked, so that of two identities with one e-mail only the first one comes to be this account's.
            let user = try await identity.findForUpdate(found.id, in: transaction)
            guard user.isActive else { throw Refused(refusal: .disabled, user: user) }
            guard try await transaction.query(ProviderSignInQueries.anyIdentity(of: user.id)).isEmpty else {
                throw Refused(refusal: .emailTaken, user: user)
            }
            var change = try await link(external, to: user, settings, .userLinkProvider, at: now, in: transaction)
            let hadPassword = try row.decode("password_hash", as: String?.self) != nil
            change.after?["passwordRemoved"] = .bool(hadPassword)
            return (user, [change] + (try await closeOtherWays(into: user, at: now, in: transaction)))
        }
        guard settings.createsUsers else { throw Refused(refusal: .noAccount) }
        let user = User(id: UserID(), email: email, name: Self.name(of: external, email: email), createdAt: now)
        try await transaction.execute(UserQueries.insert(user, passwordHash: nil))
        return (user, [try await link(external, to: user, settings, .userCreate, at: now, in: transaction)])
    }

    /// Ends everything by which somebody else might hold an account that now turns out to be somebody's: whoever made it,
    /// invited its owner or knew its e-mail first may have set its password, signed in, made tokens or kept a link.
    ///
    /// The portal sends no mail, so nobody has shown before that the address of the account is theirs.
    ///
    /// - Returns: What the audit log says about the tokens of others that went with those of the account.
    private func closeOtherWays(
        into user: User,
        at now: Date,
        in transaction: PortalTransaction
    ) async throws -> [AuditEntry] {
        try await transaction.execute(UserQueries.removePassword(of: user.id, at: now))
        return try await IdentityService.endAccess(of: user, at: now, in: transaction)
    }

    private func link(
        _ external: ExternalIdentity,
        to user: User,
        _ settings: IdentityProviderSettings,
        _ verb: AuditVerb,
        at now: Date,
        in transaction: PortalTransaction
    ) async throws -> AuditEntry {
        let statement = ProviderSignInQueries.link(external, provider: settings.id, userID: user.id, at: now)
        try await transaction.execute(statement)
        var entry = AuditEntry(verb, of: .user(user))
        entry.after = [
            "email": .string(user.email), "name": .string(user.name), "provider": .string(settings.id),
            "subject": .string(external.subject),
        ]
        return entry
    }

    /// A name that can be shown: what the provider told, else the e-mail before the `@`.
    private static func name(of external: ExternalIdentity, email: String) -> String {
        var errors = FieldErrors()
        let lengthMax = PortalLimits.Identity.nameLengthMax
        let told = String((external.name ?? "").trimmed.prefix(lengthMax))
        let name = TextRules.line(told, field: "name", lengthMax: lengthMax, errors: &errors)
        return errors.isEmpty ? name : String(email.prefix { $0 != "@" }.prefix(lengthMax))
    }
}
