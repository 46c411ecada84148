import FoundationEssentials
import JSON
import Postgres

extension IdentityService {
    /// Makes an account for a person who has none, gives it a role at a tenant, and makes the link by which the person
    /// chooses a password.
    ///
    /// The portal sends no mail: the link is in the answer, once, and the one who invites passes it on.
    ///
    /// - Throws: `PortalError` `.invalidArgument`, `.notFound` and `.forbidden` without `members.manage` for the tenant,
    ///   `.forbidden` for a role with a permission that the caller does not have there, `.alreadyExists` for an e-mail
    ///   that has an account, `.conflict` for too many open invitations; `PostgresError`.
    public func invite(_ invitation: NewInvitation, as caller: Caller) async throws -> NewAccountLink {
        let new = NewUser(
            email: invitation.email,
            name: invitation.name,
            password: nil,
            locale: invitation.locale,
            timeZone: invitation.timeZone
        )
        let user = try await prepare(new).user.invited()
        let subject = RoleSubject.user(user.id)
        let now = user.createdAt
        do {
            return try await database.as(caller).transaction { transaction in
                // As for every role that is given: the tenant must not move away meanwhile.
                try await transaction.query(TenantQueries.shareTree)
                let tenant = try await TenantService.find(
                    TenantQueries.byIDForUpdate(invitation.tenantID),
                    requiring: .membersManage,
                    as: caller,
                    in: transaction
                )
                try tenant.requireLive()
                try await requireRoom(at: tenant, at: now, in: transaction)
                try await transaction.execute(UserQueries.insert(user, passwordHash: nil))
                let change = try await MemberChange(
                    of: tenant.id,
                    subject,
                    invitation.role,
                    as: caller,
                    in: transaction
                )
                try await transaction.execute(
                    MemberQueries.insert(
                        subject,
                        role: invitation.role,
                        tenantID: tenant.id,
                        createdBy: caller.userID,
                        at: now
                    )
                )
                let issued = try await issue(.invitation, for: user, tenantID: tenant.id, as: caller, in: transaction)
                let entries = [
                    AuditEntry(.userInvite, of: .user(user, of: tenant.path), after: user.json),
                    AuditEntry(.memberAdd, of: .tenant(tenant), after: change.json),
                ]
                try await AuditLog.record(entries, by: caller, at: now, limits: limits.audit, in: transaction)
                return issued
            }
        } catch  where error.violates("users_email_is_unique") {
            throw PortalError(
                .alreadyExists,
                "There is an account with this e-mail already. Give it a role at the tenant instead.",
                underlying: error
            )
        }
    }

    /// A page of invitations, newest first: those into subtrees where the caller has `members.manage`.
    ///
    /// - Parameters:
    ///   - tenantID: Only those into this subtree; nil for all.
    ///   - unansweredOnly: Without those that were answered or revoked; those whose time is over can be sent again.
    ///   - page: Which page.
    ///   - caller: Who asks.
    /// - Returns: The page; of a person who was invited several times only the newest.
    /// - Throws: `PortalError` `.notFound` and `.forbidden` for the tenant, `.invalidArgument` for a foreign page token;
    ///   `PostgresError`.
    public func listInvitations(
        below tenantID: TenantID? = nil,
        unansweredOnly: Bool = false,
        _ page: PageRequest = .first,
        as caller: Caller
    ) async throws -> Page<AccountLink> {
        let before: AccountLinkID? = try page.position(in: "invitations")
        var visibility = caller.visibility(holding: .membersManage)
        if let tenantID {
            let tenant = try await TenantService.find(
                TenantQueries.byID(tenantID),
                requiring: .membersManage,
                as: caller,
                in: database.as(caller)
            )
            visibility = tenant.parentID == nil ? .everything : .subtrees([tenant.id])
        }
        let rows = try await database.as(caller).query(
            AccountLinkQueries.invitations(
                visibleTo: visibility,
                unansweredOnly: unansweredOnly,
                before: before,
                rowsMax: page.rowsMax
            )
        )
        return Page(rows: try rows.map { try AccountLink(row: $0) }, request: page, list: "invitations", position: \.id)
    }

    /// Makes another link for an invitation that nobody has answered; the one before stops working.
    ///
    /// Who has the link becomes the holder of the account, so the caller needs every permission that it has by now.
    ///
    /// - Throws: `PortalError` `.notFound`, `.forbidden`, `.conflict` for an invitation that was answered or revoked;
    ///   `PostgresError`.
    public func resendInvitation(_ id: AccountLinkID, as caller: Caller) async throws -> NewAccountLink {
        let now = time.now()
        return try await database.as(caller).transaction { transaction in
            let (link, user, path) = try await openInvitation(id, as: caller, in: transaction)
            try await requireRoles(of: user, as: caller, in: transaction)
            try await transaction.elevated(for: .authentication).execute(
                AccountLinkQueries.revokeAll(of: user.id, at: now)
            )
            let issued = try await issue(
                .invitation,
                for: user,
                tenantID: link.tenantID,
                as: caller,
                in: transaction
            )
            let entry = AuditEntry(.userResendInvitation, of: .user(user, of: path))
            try await AuditLog.record(entry, by: caller, at: now, limits: limits.audit, in: transaction)
            return issued
        }
    }

    /// Revokes an invitation that nobody has answered: its link stops working, the roles at its tenant are taken, and an
    /// account that then has no role at all is removed.
    ///
    /// Who takes roles needs every permission of them, here too: others may have given more at the same tenant.
    ///
    /// - Throws: `PortalError` `.notFound`, `.forbidden`, `.conflict` for an invitation that was answered or revoked;
    ///   `PostgresError`.
    public func revokeInvitation(_ id: AccountLinkID, as caller: Caller) async throws {
        let now = time.now()
        try await database.as(caller).transaction { transaction in
            let (link, user, path) = try await openInvitation(id, as: caller, in: transaction)
            guard let tenantID = link.tenantID else { throw PortalError.notFound("invitation") }
            try await transaction.elevated(for: .authentication).execute(
                AccountLinkQueries.revokeAll(of: user.id, at: now)
            )
            try await requireRoles(of: user, at: tenantID, as: caller, in: transaction)
            try await transaction.execute(MemberQueries.deleteAll(of: user.id, at: tenantID))
            let entry = AuditEntry(.userRevokeInvitation, of: .user(user, of: path), before: user.json)
            try await transaction.elevated(for: .inheritedRoles).execute(UserQueries.deleteInvitedWithoutRoles(user.id))
            try await AuditLog.record(entry, by: caller, at: now, limits: limits.audit, in: transaction)
        }
    }

    /// The newest invitation with an id and its account, both locked, when the caller manages members at its tenant and
    /// nobody has answered it.
    private func openInvitation(
        _ id: AccountLinkID,
        as caller: Caller,
        in transaction: PortalTransaction
    ) async throws -> (AccountLink, User, path: [TenantID]) {
        let elevated = transaction.elevated(for: .inheritedRoles)
        guard let row = try await elevated.query(AccountLinkQueries.byIDForUpdate(id)).first,
            let path = try row.decode("link_tenant_path", as: [TenantID]?.self)
        else { throw PortalError.notFound("invitation") }
        try caller.require(.membersManage, onPath: path, noun: "invitation")
        let link = try AccountLink(row: row)
        guard let userRow = try await elevated.query(UserQueries.byIDForUpdate(link.userID)).first else {
            throw PortalError.notFound("invitation")
        }
        let user = try User(row: userRow)
        guard user.invitedAt != nil, link.usedAt == nil, link.revokedAt == nil else {
            throw PortalError(.conflict, "This invitation was answered, revoked or replaced by a newer one.")
        }
        return (link, user, path)
    }

    private func requireRoom(at tenant: Tenant, at now: Date, in transaction: PortalTransaction) async throws {
        let row = try await transaction.query(AccountLinkQueries.countOpen(at: tenant.id, at: now)).first
        guard try row?.decode("links", as: Int.self) ?? 0 < limits.access.openInvitationsPerTenantMax else {
            throw PortalError(.conflict, "This tenant has too many open invitations. Revoke those that are not needed.")
        }
    }
}
