import JSON

/// Why a host does not bear a change.
public struct HostShortage: Error, Sendable, Hashable {
    /// Which rule is broken.
    public enum Rule: String, Sendable, Hashable, CaseIterable {
        /// All reservations but those of batch vclusters would exceed capacity × overcommit × the second watermark.
        case overcommit
        /// Guaranteed reservations would exceed capacity × the second watermark.
        case guaranteed
        /// Nothing is idle for a batch vcluster.
        case batch
    }

    /// The host.
    public var hostID: HostID
    /// Its name.
    public var hostName: String
    /// Which rule is broken.
    public var rule: Rule
    /// What runs short.
    public var dimension: QuotaDimension
    /// What the rule allows in all.
    public var limit: Int64
    /// What counts against it already.
    public var used: Int64
    /// What the change would add.
    public var requested: Int64

    /// Makes a shortage.
    public init(
        hostID: HostID,
        hostName: String,
        rule: Rule,
        dimension: QuotaDimension,
        limit: Int64,
        used: Int64,
        requested: Int64
    ) {
        self.hostID = hostID
        self.hostName = hostName
        self.rule = rule
        self.dimension = dimension
        self.limit = limit
        self.used = used
        self.requested = requested
    }

    /// By how much the host is too small.
    public var missing: Int64 { used + requested - limit }
}

extension HostShortage {
    /// The error that the API and the pages show: `QUOTA_EXCEEDED` as for a tenant, with the host as the level.
    ///
    /// One code for both, because a client does the same about it: ask for less, or elsewhere, or later.
    var error: PortalError {
        let what =
            switch rule {
            case .overcommit: "may reserve"
            case .guaranteed: "may guarantee"
            case .batch: "has for batch vclusters at most"
            }
        return PortalError(
            .quotaExceeded,
            "The host \(hostName) \(what) \(dimension.text(limit)) \(dimension.name) in all, of which "
                + "\(dimension.text(used)) are taken: \(dimension.text(requested)) more is \(dimension.text(missing)) too "
                + "much. Choose another host, ask for less, or ask a platform admin for more capacity.",
            extensions: [
                "reason": "host",
                "level": ["hostId": .string(hostID.description), "hostName": .string(hostName)],
                "dimension": .string(dimension.name),
                "limit": dimension.json(limit),
                "used": dimension.json(used),
                "requested": dimension.json(requested),
                "headroom": dimension.json(max(0, limit - used)),
                "missing": dimension.json(missing),
            ],
            underlying: self
        )
    }
}
