import JSON
import Postgres

/// What giving and taking a role have in common: the tenant, the role and its holder, found and checked.
struct MemberChange {
    /// The tenant, locked until the end of the transaction.
    let tenant: Tenant
    /// What the audit log says of the holder and the role.
    let json: JSONValue

    /// Finds everything and checks that the caller may give or take this role there.
    ///
    /// - Throws: `PortalError` `.notFound` for the tenant or the subject, `.forbidden`, `.invalidArgument` on `role`;
    ///   `PostgresError`.
    init(
        of id: TenantID,
        _ subject: RoleSubject,
        _ reference: RoleReference,
        as caller: Caller,
        in transaction: PortalTransaction
    ) async throws {
        tenant = try await TenantService.find(
            TenantQueries.byIDForUpdate(id),
            requiring: .membersManage,
            as: caller,
            in: transaction
        )
        let role = try await RoleService.findToGive(reference, at: tenant.path, in: transaction)
        try caller.requireAll(role.permissions, onPath: tenant.path)
        var facts = try await Self.facts(of: subject, at: tenant, as: caller, in: transaction)
        facts["role"] = .string(role.name)
        json = .object(facts)
    }

    private static func facts(
        of subject: RoleSubject,
        at tenant: Tenant,
        as caller: Caller,
        in transaction: PortalTransaction
    ) async throws -> JSONObject {
        let elevated = transaction.elevated(for: .inheritedRoles)
        switch subject {
        case .user(let id):
            guard let row = try await elevated.query(UserQueries.byID(id)).first else {
                throw PortalError.notFound("user")
            }
            return ["email": .string(try User(row: row).email)]
        case .group(let id):
            // One that was made above can be given roles below, without seeing more of it.
            guard let row = try await elevated.query(GroupQueries.byIDForUpdate(id)).first else {
                throw PortalError.notFound("group")
            }
            let group = try Group(row: row)
            guard tenant.path.contains(group.tenantID) || caller.has(.membersRead, onPath: group.tenantPath) else {
                throw PortalError.notFound("group")
            }
            return ["group": .string(group.name)]
        case .token(let id):
            guard let row = try await elevated.query(APITokenQueries.byIDForUpdate(id)).first else {
                throw PortalError.notFound("token")
            }
            let token = try APIToken(row: row)
            guard try await IdentityService.manages(ownerOf: token, caller, in: transaction) else {
                throw PortalError.notFound("token")
            }
            return ["token": .string(token.name)]
        }
    }
}
