import Postgres

/// Keeps an organization from losing its last admin, however admins lose their role: directly, by leaving a group, with
/// the group, or because their account is disabled.
///
/// It locks the root of the tree, so of two such changes the second one counts what the first one left.
struct AdminGuard {
    private let countBefore: Int

    /// Locks the root until the end of the transaction; call it before anything else in it.
    init(locking transaction: PortalTransaction) async throws {
        let elevated = transaction.elevated(for: .inheritedRoles)
        try await elevated.query(TenantQueries.lockRoot())
        countBefore = try await Self.count(in: elevated)
    }

    /// Refuses a change that took the role from the last admin; one that had none before may go on without.
    ///
    /// - Throws: `PortalError` `.conflict`; `PostgresError`.
    func requireOne(in transaction: PortalTransaction) async throws {
        guard countBefore > 0 else { return }
        guard try await Self.count(in: transaction.elevated(for: .inheritedRoles)) == 0 else { return }
        throw PortalError(
            .conflict,
            "This is the last admin of the organization. Make somebody else an admin first."
        )
    }

    private static func count(in transaction: PortalTransaction) async throws -> Int {
        try await transaction.query(MemberQueries.countAdmins()).first?.decode("admins") ?? 0
    }
}
