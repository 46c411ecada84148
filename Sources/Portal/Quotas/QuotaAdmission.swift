public import FoundationEssentials
import Postgres

/// The door to the quotas, over one transaction: whatever takes, changes or gives back goes through here.
///
/// It sees the whole tree, however little the caller sees. A reservation counts at its tenant and at every ancestor, and
/// it is admitted only when every level bears it (see `QuotaRule`). Each call is one round trip. It takes the lock of all quotas and holds it until the transaction ends, so
/// call it as late as possible: lock order is vcluster, operation, host, quotas, audit chain.
/// What shrinks is never refused.
///
/// After a `QuotaRefusal` the transaction can only be rolled back: nothing can be admitted in part.
public struct QuotaAdmission: Sendable {
    let transaction: PortalTransaction
    let now: Date

    /// A door for a transaction; `now` is the time that rows get.
    public init(_ transaction: PortalTransaction, at now: Date) {
        self.transaction = transaction
        self.now = now
    }

    /// Reserves what a change that is on its way needs: the larger of what was and what will be, in every dimension.
    ///
    /// A failed change leaves it so, because the host may have either; `settle` and `restore` put it right.
    ///
    /// - Parameters:
    ///   - vcluster: The vcluster as it will be; its row is locked.
    ///   - demand: What it will take.
    ///   - needsEnvelope: Whether a level that limits what nothing bounds in the vcluster refuses it.
    /// - Throws: `QuotaRefusal`, with `.unbounded` for the envelope; `PostgresError`.
    func begin(_ vcluster: VCluster, demand: VClusterDemand, needsEnvelope: Bool) async throws {
        let reservation = QuotaReservation(vcluster, amounts: demand.amounts)
        let unbounded = needsEnvelope ? demand.unbounded : []
        try await run(QuotaQueries.reserve(reservation, unbounded: unbounded, mode: .grow, at: now))
    }

    /// Reserves exactly what a vcluster takes now that its change has come true.
    ///
    /// While its spec has not reached the host, the host may have as much as was reserved for the change that did not
    /// get there: then nothing is given back but what the phase gives back.
    ///
    /// - Parameters:
    ///   - vcluster: The vcluster as it is now; its row is locked.
    ///   - demand: What its spec takes in its phase.
    /// - Throws: `PostgresError`; never a refusal as long as the change was begun with `begin`.
    func settle(_ vcluster: VCluster, demand: VClusterDemand) async throws {
        var reservation = QuotaReservation(vcluster, amounts: demand.amounts)
        if vcluster.observedGeneration < vcluster.generation,
            let row = try await run(QuotaQueries.reservation(reservation.id)).first
        {
            let reserved = try QuotaReservation(row: row).amounts
            let kept = vcluster.phase == .running ? reserved : reserved.keptBySuspension
            reservation.amounts = reservation.amounts.largest(kept)
        }
        try await run(QuotaQueries.reserve(reservation, mode: .settle, at: now))
    }

    /// Counts a vcluster under another class from now on, with the amounts that it has.
    ///
    /// - Throws: `QuotaRefusal`; `PostgresError`.
    func reclassify(_ vcluster: VCluster) async throws {
        try await run(QuotaQueries.reserve(QuotaReservation(vcluster, amounts: .zero), mode: .keep, at: now))
    }

    /// Puts a reservation back to what it was before the change that never began.
    func restore(_ id: VClusterID) async throws {
        try await run(QuotaQueries.restore(id, at: now))
    }

    /// Ends the reservation of a vcluster that is gone for good; does nothing when there is none.
    func release(_ id: VClusterID) async throws {
        try await run(QuotaQueries.release(id.uuid, at: now))
    }

    /// Ends the reservation of a snapshot; does nothing when there is none.
    func release(_ id: SnapshotID) async throws {
        try await run(QuotaQueries.release(id.uuid, at: now))
    }

    /// Holds amounts for a change that waits, or changes a hold; it counts like a vcluster until it expires.
    ///
    /// The caller shares the tree and has seen the tenant alive: an archived tenant has no holds.
    ///
    /// - Parameters:
    ///   - hold: What is held, for whom, until when.
    ///   - unbounded: The dimensions in which nothing would bound it; a level that limits one of them refuses it.
    /// - Throws: `QuotaRefusal`; `PostgresError`.
    public func hold(_ hold: QuotaReservation, unbounded: [QuotaDimension] = []) async throws {
        try await run(QuotaQueries.reserve(hold, unbounded: unbounded, mode: .settle, at: now))
    }

    /// Makes a reservation of any kind with exactly these amounts, or gives one these amounts.
    ///
    /// - Throws: `QuotaRefusal`; `PostgresError`.
    public func reserve(_ reservation: QuotaReservation) async throws {
        try await run(QuotaQueries.reserve(reservation, mode: .settle, at: now))
    }

    /// Ends a hold.
    ///
    /// - Returns: False when there was none: it had expired, or it was ended before.
    @discardableResult
    public func endHold(_ id: UUID) async throws -> Bool {
        try await run(QuotaQueries.release(id, at: now)).first?.decode("was_there") ?? false
    }

    /// Takes what a subtree uses from its old ancestors and gives it to its new ones.
    ///
    /// Call it after the tenants have their new parents and paths, in the same transaction, and before the audit row. The
    /// ancestors that both places share are not checked: nothing grows there. A strict parent has to have room for the
    /// limits of the subtree (`.slices`), or, in dimensions without one, for its use (`.remainder`).
    ///
    /// - Parameters:
    ///   - subtree: The tenant that moves with everything below it.
    ///   - from: The path of the old parent, root first.
    ///   - to: The path of the new parent, root first.
    /// - Throws: `QuotaRefusal` with the first level of the new place that would break; `PostgresError`.
    public func move(_ subtree: TenantID, from: [TenantID], to: [TenantID]) async throws {
        try await run(QuotaQueries.move(subtree, from: from, to: to, at: now))
    }

    @discardableResult
    private func run(_ statement: SQL) async throws -> [PostgresRow] {
        try await QuotaRefusal.reading { try await transaction.elevated(for: .quotaChain).query(statement) }
    }
}
