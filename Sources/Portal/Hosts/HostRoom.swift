public import FoundationEssentials
public import JSON

/// How much of a host is reserved, and how much it bears; a pure value.
///
/// Counts what the vclusters of the host have reserved of their quotas, control planes included, in the two dimensions in
/// which a host runs short. A host whose capacity is unknown bears everything.
public struct HostRoom: Sendable, Hashable {
    /// The dimensions that are watched.
    public static let dimensions: [QuotaDimension] = [.cpu, .memory]

    /// What is reserved of one dimension, in its unit.
    public struct Load: Sendable, Hashable {
        /// By guaranteed and burstable vclusters.
        public var used: Int64
        /// The guaranteed part of it.
        public var guaranteed: Int64
        /// By batch vclusters; not in `used`.
        public var batch: Int64

        /// Makes a load.
        public init(used: Int64 = 0, guaranteed: Int64 = 0, batch: Int64 = 0) {
            self.used = used
            self.guaranteed = guaranteed
            self.batch = batch
        }

        /// Everything that is reserved.
        public var total: Int64 { used + batch }
    }

    /// What a host does not have for a change.
    public struct Shortage: Sendable, Hashable {
        /// What runs short.
        public var dimension: QuotaDimension
        /// Which rule is broken.
        public var rule: HostShortage.Rule
        /// What the rule allows in all.
        public var limit: Int64
        /// What counts against it already.
        public var used: Int64
        /// What the change would add.
        public var requested: Int64
    }

    /// How full a host is in one dimension.
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// The capacity was never read.
        case unknown
        /// Below the first watermark.
        case roomy
        /// Beyond the first watermark.
        case nearlyFull
        /// At or beyond the second watermark: nothing more is admitted.
        case full
    }

    /// The settings of the host.
    public var settings: HostRoomSettings
    /// What the nodes offer, by dimension; none for what is unknown.
    public var capacity: [QuotaDimension: Int64]
    /// What is reserved, by dimension.
    public var load: [QuotaDimension: Load]
    /// When the capacity was read; nil when it never was.
    public var observedAt: Date?

    /// Makes a room.
    public init(
        settings: HostRoomSettings,
        capacity: [QuotaDimension: Int64] = [:],
        load: [QuotaDimension: Load] = [:],
        observedAt: Date? = nil
    ) {
        self.settings = settings
        self.capacity = capacity
        self.load = load
        self.observedAt = observedAt
    }

    /// What reservations may add up to with overcommit, before watermarks; nil for an unknown capacity.
    public func allocatable(_ dimension: QuotaDimension) -> Int64? {
        let perMille = dimension == .cpu ? settings.cpuPerMille : settings.memoryPerMille
        return capacity[dimension].map { Self.share($0, perMille, 1000) }
    }

    /// What reservations may add up to before the portal refuses; nil for an unknown capacity.
    public func bound(_ dimension: QuotaDimension) -> Int64? {
        allocatable(dimension).map { Self.share($0, settings.blockPercent, 100) }
    }

    /// What reservations without overcommit may add up to; nil for an unknown capacity.
    func hardBound(_ dimension: QuotaDimension) -> Int64? {
        capacity[dimension].map { Self.share($0, settings.blockPercent, 100) }
    }

    /// How full the host is in a dimension.
    public func state(_ dimension: QuotaDimension) -> State {
        guard let allocatable = allocatable(dimension), let bound = bound(dimension) else { return .unknown }
        let total = load[dimension]?.total ?? 0
        if total >= bound { return .full }
        return total >= Self.share(allocatable, settings.warnPercent, 100) ? .nearlyFull : .roomy
    }

    /// The share of what may be reserved that is, in percent, at most 999; nil for an unknown capacity.
    public func percent(_ dimension: QuotaDimension) -> Int? {
        guard let allocatable = allocatable(dimension) else { return nil }
        guard allocatable > 0 else { return 100 }
        return Int(min(999, Int128(load[dimension]?.total ?? 0) * 100 / Int128(allocatable)))
    }

    /// The room with more reserved.
    public func adding(_ use: QuotaUse) -> HostRoom {
        var room = self
        for dimension in Self.dimensions {
            room.load[dimension, default: Load()].used += use.used[dimension]
            room.load[dimension, default: Load()].guaranteed += use.guaranteed[dimension]
            room.load[dimension, default: Load()].batch += use.batch[dimension]
        }
        return room
    }

    /// Amount × share / whole, rounded down, without overflow.
    static func share(_ amount: Int64, _ share: Int, _ whole: Int) -> Int64 {
        Int64(clamping: Int128(amount) * Int128(share) / Int128(whole))
    }
}

extension HostRoom {
    /// Why a host does not bear a change, the first dimension that it breaks; nil when it does.
    ///
    /// Burstable reservations count against capacity × overcommit, guaranteed ones against the bare capacity as well, and
    /// batch ones may only take what all of them leave of the bare capacity. Growth of the others is never refused because
    /// of batch vclusters: those are suspended when the host is short (see `Preemptor`).
    ///
    /// - Parameter use: What the change adds; what does not grow is never refused.
    /// - Returns: What is short.
    public func shortage(adding use: QuotaUse) -> Shortage? {
        for dimension in Self.dimensions {
            guard let bound = bound(dimension), let hard = hardBound(dimension) else { continue }
            let load = load[dimension] ?? Load()
            let checks: [(HostShortage.Rule, Int64, Int64, Int64)] = [
                (.overcommit, bound, load.used, use.used[dimension]),
                (.guaranteed, hard, load.guaranteed, use.guaranteed[dimension]),
                (.batch, hard, load.total, use.batch[dimension]),
            ]
            for (rule, limit, used, requested) in checks where requested > 0 && used + requested > limit {
                return Shortage(dimension: dimension, rule: rule, limit: limit, used: used, requested: requested)
            }
        }
        return nil
    }

    /// How much of a dimension batch vclusters have to give back; 0 when the host is not short.
    func excessOfBatch(_ dimension: QuotaDimension) -> Int64 {
        guard let bound = bound(dimension), let load = load[dimension] else { return 0 }
        return max(0, min(load.batch, load.total - bound))
    }
}

extension HostRoom: JSONRepresentable {
    /// The schema `HostRoom` of openapi.yaml.
    public var json: JSONValue {
        var object: JSONObject = ["observedAt": JSONValue(time: observedAt)]
        for dimension in Self.dimensions {
            func json(_ amount: Int64?) -> JSONValue { amount.map { dimension.json($0) } ?? .null }
            let load = load[dimension] ?? Load()
            object[dimension.name] = [
                "state": .string(state(dimension).rawValue),
                "capacity": json(capacity[dimension]),
                "allocatable": json(allocatable(dimension)),
                "bound": json(bound(dimension)),
                "reserved": json(load.total),
                "guaranteed": json(load.guaranteed),
                "batch": json(load.batch),
                "percent": percent(dimension).map(\.json) ?? .null,
            ]
        }
        return .object(object)
    }
}
