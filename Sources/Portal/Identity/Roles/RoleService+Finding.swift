import Postgres

extension RoleService {
    /// A custom role with the path of its tenant, when the caller sees it: from inside of that subtree or from above.
    static func find(
        _ query: SQL,
        as caller: Caller,
        in connection: some PostgresQueryable
    ) async throws -> (role: RoleDefinition, path: [TenantID]) {
        guard let row = try await connection.query(query).first else { throw PortalError.notFound("role") }
        let path: [TenantID] = try row.decode("tenant_path")
        let comesDown = caller.bindings.contains { $0.tenantPath.starts(with: path) }
        guard comesDown || caller.has(.tenantsRead, onPath: path) else { throw PortalError.notFound("role") }
        return (try RoleDefinition(row: row), path)
    }

    /// A custom role that the caller may change, locked until the end of the transaction.
    static func findToChange(
        _ id: RoleID,
        as caller: Caller,
        in transaction: PortalTransaction
    ) async throws -> (role: RoleDefinition, path: [TenantID]) {
        let found = try await find(
            RoleQueries.byIDForUpdate(id),
            as: caller,
            in: transaction.elevated(for: .inheritedRoles)
        )
        guard caller.has(.rolesManage, onPath: found.path) else { throw PortalError.forbidden(.rolesManage) }
        return found
    }

    /// A role that is about to be given at a tenant, locked against changes until the end of the transaction.
    ///
    /// - Throws: `PortalError` `.invalidArgument` on `role` when it cannot be given there; `PostgresError`.
    static func findToGive(
        _ reference: RoleReference,
        at path: [TenantID],
        in transaction: PortalTransaction
    ) async throws -> RoleDefinition {
        let id: RoleID
        switch reference {
        case .builtIn(let role): return RoleDefinition(role)
        case .custom(let custom): id = custom
        }
        let elevated = transaction.elevated(for: .inheritedRoles)
        guard let row = try await elevated.query(RoleQueries.byIDForShare(id)).first,
            let role = try? RoleDefinition(row: row), let home = role.tenantID, path.contains(home)
        else {
            throw PortalError.invalid("role", FieldErrorCode.notFound, "is no role that can be given at this tenant")
        }
        return role
    }

    /// The id of a role that can be changed at all.
    static func changeable(_ reference: RoleReference, by caller: Caller) throws(PortalError) -> RoleID {
        if case .custom(let id) = reference { return id }
        guard caller.isSystem || caller.bindings.contains(where: { $0.permissions.contains(.rolesManage) }) else {
            throw .forbidden(.rolesManage)
        }
        throw PortalError(.conflict, "The built-in roles cannot be changed. Make a role of your own instead.")
    }

    /// Refuses the move of a subtree that would take holders of a role away from where it was made.
    ///
    /// For the transaction that moves a tenant, which holds the locks of both.
    ///
    /// - Parameters:
    ///   - tenantID: The top of the subtree.
    ///   - path: Where it goes: the path of the new parent.
    ///   - transaction: The transaction of the move.
    /// - Throws: `PortalError` `.conflict` with the name of such a role; `PostgresError`.
    static func requireNoStrays(
        movingSubtree tenantID: TenantID,
        below path: [TenantID],
        in transaction: PortalTransaction
    ) async throws {
        let elevated = transaction.elevated(for: .inheritedRoles)
        guard let row = try await elevated.query(RoleQueries.stray(below: tenantID, path: path)).first else { return }
        throw PortalError(
            .conflict,
            """
            Somebody in this subtree holds the role “\(try row.decode("stray", as: String.self))”, which does not exist \
            where the subtree would go. Take that role from them first.
            """
        )
    }

    /// Runs a change and explains a name that is taken.
    static func explainingNames<Value>(_ body: () async throws -> Value) async throws -> Value {
        do {
            return try await body()
        } catch  where error.violates("roles_name_is_unique_in_tenant") {
            throw PortalError(
                .alreadyExists,
                "There is a role with this name at the same tenant already. Choose another name.",
                underlying: error
            )
        }
    }
}
