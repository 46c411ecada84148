public import FoundationEssentials
public import JSON
import Postgres

/// A counter that is not the sum of the reservations below it.
public struct QuotaDrift: Sendable, Hashable {
    /// The four values of a counter, in the unit of the dimension.
    public struct Values: Sendable, Hashable {
        /// What guaranteed and burstable vclusters take.
        public var used: Int64
        /// The guaranteed part of it.
        public var guaranteed: Int64
        /// What batch vclusters take.
        public var batch: Int64
        /// The part that is held for changes which have not begun.
        public var held: Int64

        init(stored: [Int64]) {
            let padded = stored + Array(repeating: 0, count: max(0, 4 - stored.count))
            (used, guaranteed, batch, held) = (padded[0], padded[1], padded[2], padded[3])
        }

        var stored: [Int64] { [used, guaranteed, batch, held] }

        fileprivate func json(in dimension: QuotaDimension) -> JSONValue {
            [
                "used": dimension.json(used), "guaranteed": dimension.json(guaranteed),
                "batch": dimension.json(batch), "held": dimension.json(held),
            ]
        }
    }

    /// The tenant.
    public var tenantID: TenantID
    /// Its name.
    public var tenantName: String
    /// Its ids from the root.
    public var tenantPath: [TenantID]
    /// The dimension.
    public var dimension: QuotaDimension
    /// What the counter says.
    public var counted: Values
    /// What is reserved.
    public var reserved: Values

    /// Reads the columns of `QuotaDriftQueries.drift`; nil for a dimension that no version knows.
    init?(row: PostgresRow) throws {
        guard let dimension = QuotaDimension(name: try row.decode("dimension")) else { return nil }
        tenantID = try row.decode("tenant_id")
        tenantName = try row.decode("name")
        tenantPath = try row.decode("path")
        self.dimension = dimension
        counted = Values(stored: try row.decode("counted"))
        reserved = Values(stored: try row.decode("reserved"))
    }
}

extension QuotaDrift: JSONRepresentable {
    /// An entry of `counters` in the schema `QuotaDriftReport` of openapi.yaml.
    public var json: JSONValue {
        [
            "tenantId": tenantID.json, "tenantName": .string(tenantName), "dimension": .string(dimension.name),
            "counted": counted.json(in: dimension), "reserved": reserved.json(in: dimension),
        ]
    }
}

/// A vcluster that takes more of its host than it has reserved.
public struct QuotaExcess: Sendable, Hashable {
    /// The vcluster.
    public var vclusterID: VClusterID
    /// Its name.
    public var name: String
    /// Its tenant.
    public var tenantID: TenantID
    /// Its host.
    public var hostID: HostID?
    /// When the host reported.
    public var reportedAt: Date
    /// The dimensions in which it takes more, with what the host reports and what is reserved.
    public var excess: [(dimension: QuotaDimension, requested: Int64, reserved: Int64)]

    /// Compares everything.
    public static func == (left: Self, right: Self) -> Bool {
        left.vclusterID == right.vclusterID && left.reportedAt == right.reportedAt
            && left.excess.elementsEqual(right.excess) { $0 == $1 }
    }

    /// Hashes what names the vcluster.
    public func hash(into hasher: inout Hasher) { hasher.combine(vclusterID) }

    /// Reads the columns of `QuotaDriftQueries.exceeding`.
    init(row: PostgresRow) throws {
        vclusterID = try row.decode("id")
        name = try row.decode("name")
        tenantID = try row.decode("tenant_id")
        hostID = try row.decode("host_id")
        reportedAt = try row.decode("reported_at")
        let requested = try row.decode("requested", as: [Int64].self)
        let reserved = try row.decode("reserved", as: [Int64].self)
        excess = zip(QuotaDimension.builtIn, zip(requested, reserved)).compactMap { dimension, pair in
            pair.0 > pair.1 ? (dimension, pair.0, pair.1) : nil
        }
    }
}

extension QuotaExcess: JSONRepresentable {
    /// An item of the schema `QuotaDriftReport` of openapi.yaml.
    public var json: JSONValue {
        [
            "vclusterId": vclusterID.json, "name": .string(name), "tenantId": tenantID.json,
            "hostId": hostID.map(\.json) ?? .null, "reportedAt": JSONValue(time: reportedAt),
            "excess": .array(
                excess.map { entry in
                    [
                        "dimension": .string(entry.dimension.name),
                        "requested": entry.dimension.json(entry.requested),
                        "reserved": entry.dimension.json(entry.reserved),
                    ]
                }
            ),
        ]
    }
}
