/// A value that is read at the moment of the scrape, such as the size of a pool.
public struct PrometheusSample: Sendable {
    /// The metric, in Prometheus' spelling.
    public let name: String

    /// Counter or gauge.
    public let kind: PrometheusKind

    /// The text of the `HELP` line.
    public let help: String

    /// The values by label set.
    public let values: [(labels: [(String, String)], value: Double)]

    /// A sample with one value a label set.
    public init(
        _ name: String,
        _ kind: PrometheusKind,
        _ help: String,
        values: [(labels: [(String, String)], value: Double)]
    ) {
        self.name = name
        self.kind = kind
        self.help = help
        self.values = values
    }

    /// A sample with one value and no labels.
    public init(_ name: String, _ kind: PrometheusKind, _ help: String, _ value: Double) {
        self.init(name, kind, help, values: [(labels: [], value: value)])
    }
}

/// Writes the text format of Prometheus, version 0.0.4.
struct PrometheusText {
    private(set) var result = ""

    mutating func begin(_ family: String, kind: PrometheusKind, help: String?) {
        if let help { result += "# HELP \(family) \(Self.escaped(help, quotes: false))\n" }
        result += "# TYPE \(family) \(kind.rawValue)\n"
    }

    mutating func line(_ name: String, _ labels: String, _ value: Double) {
        result += name
        if !labels.isEmpty { result += "{\(labels)}" }
        result += " \(Self.number(value))\n"
    }

    mutating func append(_ sample: PrometheusSample) {
        begin(sample.name, kind: sample.kind, help: sample.help)
        for value in sample.values { line(sample.name, Self.labels(value.labels), value.value) }
    }

    /// A metric name of `[a-zA-Z_:][a-zA-Z0-9_:]*`; other characters become `_`.
    static func name(_ label: String) -> String {
        var name = String(label.unicodeScalars.map { isNameScalar($0) ? Character($0) : "_" })
        if let first = name.unicodeScalars.first, ("0"..."9").contains(first) { name = "_" + name }
        return name
    }

    /// Labels as they stand between braces, sorted by name.
    static func labels(_ dimensions: [(String, String)]) -> String {
        dimensions.sorted { $0.0 < $1.0 }
            .map { "\(name($0.0))=\"\(escaped($0.1, quotes: true))\"" }
            .joined(separator: ",")
    }

    /// Whole numbers without a fraction, so that counters read as counters.
    static func number(_ value: Double) -> String {
        if let whole = Int64(exactly: value) { return String(whole) }
        return String(value)
    }

    private static func isNameScalar(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "_", ":": true
        default: false
        }
    }

    private static func escaped(_ text: String, quotes: Bool) -> String {
        var result = ""
        for character in text {
            switch character {
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\"" where quotes: result += "\\\""
            default: result.append(character)
            }
        }
        return result
    }
}
