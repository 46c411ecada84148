import JSON

/// How full a host may become: two settings that hosts of every kind have.
///
/// `overcommit` is how far reservations may exceed what the host has, `watermarks` the shares of that at which the portal
/// warns and then refuses.
public struct HostRoomSettings: Sendable, Hashable {
    /// `overcommit.cpu`, in thousandths: 2000 lets reservations add up to twice the cores.
    public var cpuPerMille = 2000
    /// `overcommit.memory`, in thousandths: memory that is not there ends processes, so the default is none.
    public var memoryPerMille = 1000
    /// `watermarks.warnPercent`: beyond this share a change is admitted with a warning.
    public var warnPercent = 80
    /// `watermarks.blockPercent`: beyond this share growth is refused.
    public var blockPercent = 95

    /// The factors that an overcommit may have, in thousandths.
    public static let overcommitRange = 1000...100_000

    /// All defaults.
    public init() {}

    static let keys = ["overcommit", "watermarks"]

    /// Reads the two settings out of those of a host.
    init(_ object: JSONObject, at path: String, reader: inout SpecReader) {
        let factors = reader.object(object["overcommit"], at: "\(path).overcommit", known: ["cpu", "memory"])
        cpuPerMille = Self.factor(factors["cpu"], at: "\(path).overcommit.cpu", &reader) ?? cpuPerMille
        memoryPerMille = Self.factor(factors["memory"], at: "\(path).overcommit.memory", &reader) ?? memoryPerMille
        let marks = "\(path).watermarks"
        let shares = reader.object(object["watermarks"], at: marks, known: ["warnPercent", "blockPercent"])
        blockPercent = reader.int(shares["blockPercent"], at: "\(marks).blockPercent", in: 1...100) ?? blockPercent
        let warn = reader.int(shares["warnPercent"], at: "\(marks).warnPercent", in: 1...100)
        warnPercent = warn ?? min(warnPercent, blockPercent)
        if warnPercent > blockPercent {
            reader.errors.add("\(marks).warnPercent", FieldErrorCode.conflict, "must not be more than blockPercent")
        }
    }

    /// Writes both settings into those of a host.
    func write(to object: inout JSONObject) {
        object["overcommit"] = ["cpu": Self.number(cpuPerMille), "memory": Self.number(memoryPerMille)]
        object["watermarks"] = ["warnPercent": warnPercent.json, "blockPercent": blockPercent.json]
    }

    private static func factor(_ value: JSONValue?, at path: String, _ reader: inout SpecReader) -> Int? {
        guard let value, !value.isNull else { return nil }
        guard let number = value.double else {
            reader.errors.add(path, FieldErrorCode.invalidType, "must be a number")
            return nil
        }
        let perMille = (number * 1000).rounded()
        guard perMille >= Double(overcommitRange.lowerBound), perMille <= Double(overcommitRange.upperBound) else {
            reader.errors.add(path, FieldErrorCode.outOfRange, "must be between 1 and 100")
            return nil
        }
        return Int(perMille)
    }

    private static func number(_ perMille: Int) -> JSONValue {
        perMille % 1000 == 0
            ? (perMille / 1000).json : JSONNumber(Double(perMille) / 1000).map { .number($0) } ?? .null
    }
}
