public import Postgres

/// The one store of the portal, which runs nothing until it is told in whose name.
///
/// `as(_:)` sees what a caller sees, `elevated(for:)` everything. There is no third way to run a statement, so none can
/// forget the caller; row-level security holds each of them to it, whatever its predicate says (see docs/concepts.md).
public struct PortalDatabase: Sendable {
    private let postgres: PostgresDatabase

    /// Stands before a database.
    public init(_ postgres: PostgresDatabase) {
        self.postgres = postgres
    }

    /// The database as a caller sees it: the subtrees of the tenants where the caller has a role.
    public func `as`(_ caller: Caller) -> ScopedDatabase {
        ScopedDatabase(scope: postgres.with(TenantSetting.value(of: caller)))
    }

    /// The database with everything in it, for a reason that is not a caller's.
    ///
    /// What is read so must not reach a caller without a check of its own.
    public func elevated(for reason: ElevationReason) -> ScopedDatabase {
        ScopedDatabase(scope: postgres.with(TenantSetting.everything))
    }

    /// The messages of some channels; they carry ids at most, and no row is read.
    ///
    /// - Returns: An endless stream, which ends with the database; see `PostgresDatabase.listen(to:)`.
    func listen(to channels: [String]) -> AsyncStream<PostgresNotification> {
        postgres.listen(to: channels)
    }
}
