public import JSON
import Postgres

/// Where counters, reservations and hosts disagree now.
public struct QuotaDriftReport: Sendable {
    /// Counters that differ from the reservations below them; the reconciler will repair them.
    public var counters: [QuotaDrift]
    /// VClusters that take more of their host than they have reserved.
    public var excesses: Page<QuotaExcess>
}

extension QuotaDriftReport: JSONRepresentable {
    /// The schema `QuotaDriftReport` of openapi.yaml.
    public var json: JSONValue {
        var json = excesses.map(\.json).json
        json["counters"] = .array(counters.map(\.json))
        return json
    }
}

extension QuotaService {
    /// Where counters, reservations and hosts disagree; reads all reservations.
    ///
    /// - Throws: `PortalError` `.forbidden` without `hosts.manage`, `.invalidArgument` for a foreign page token;
    ///   `PostgresError`.
    public func drift(_ page: PageRequest = .first, as caller: Caller) async throws -> QuotaDriftReport {
        try caller.require(.hostsManage)
        let after: VClusterID? = try page.position(in: "drift")
        let database = database.elevated(for: .quotaChain)
        let results = try await database.pipeline([
            QuotaDriftQueries.drift(limit: PortalLimits.Quotas.driftShownMax),
            QuotaDriftQueries.exceeding(after: after, rowsMax: page.rowsMax),
        ])
        return QuotaDriftReport(
            counters: try results[0].compactMap { try QuotaDrift(row: $0) },
            excesses: Page(
                rows: try results[1].map { try QuotaExcess(row: $0) },
                request: page,
                list: "drift",
                position: \.vclusterID
            )
        )
    }
}
