public import FoundationEssentials
import JSON
import Postgres

/// What one vcluster takes of the quotas of its tenant, or what is held for a change that waits.
public struct QuotaReservation: Sendable, Hashable {
    /// What a reservation is for.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// A vcluster; it ends with the vcluster.
        case live
        /// A change that waits, as for an approval; it ends by itself at `expiresAt`.
        case hold
    }

    /// The id of the vcluster, or of the hold.
    public var id: UUID
    /// What it is for.
    public var kind: Kind
    /// The tenant.
    public var tenantID: TenantID
    /// Whose caps count; nil for the portal itself.
    public var ownerID: UserID?
    /// How firmly it counts.
    public var qosClass: VClusterQoSClass
    /// What is taken.
    public var amounts: QuotaAmounts
    /// When a hold ends; nil for a vcluster.
    public var expiresAt: Date?

    /// The reservation of a vcluster.
    public init(_ vcluster: VCluster, amounts: QuotaAmounts) {
        id = vcluster.id.uuid
        kind = .live
        tenantID = vcluster.tenantID
        ownerID = vcluster.createdBy
        qosClass = vcluster.qosClass
        self.amounts = amounts
        expiresAt = nil
    }

    /// The reservation of a vcluster by its id.
    public init(
        live id: UUID,
        of amounts: QuotaAmounts,
        at tenantID: TenantID,
        ownerID: UserID?,
        class qosClass: VClusterQoSClass = .burstable
    ) {
        self.id = id
        kind = .live
        self.tenantID = tenantID
        self.ownerID = ownerID
        self.qosClass = qosClass
        self.amounts = amounts
        expiresAt = nil
    }

    /// A hold.
    public init(
        hold id: UUID,
        of amounts: QuotaAmounts,
        at tenantID: TenantID,
        ownerID: UserID?,
        class qosClass: VClusterQoSClass = .burstable,
        until expiry: Date
    ) {
        self.id = id
        kind = .hold
        self.tenantID = tenantID
        self.ownerID = ownerID
        self.qosClass = qosClass
        self.amounts = amounts
        expiresAt = expiry
    }

    /// Reads the columns of `QuotaQueries.reservation`.
    init(row: PostgresRow) throws {
        id = try row.decode("id")
        kind = try row.decode("kind")
        tenantID = try row.decode("tenant_id")
        ownerID = try row.decode("owner_id")
        qosClass = try row.decode("qos_class")
        amounts = QuotaAmounts(stored: try row.decode("amounts"), extended: try row.decode("extended"))
        expiresAt = try row.decode("expires_at")
    }

    /// How it counts at every level of its chain.
    public var use: QuotaUse { QuotaUse(amounts, class: qosClass, isHeld: kind == .hold) }
}
