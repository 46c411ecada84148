import HTTPCore
import JSON
import Portal

extension QueryItems {
    /// What is typed in an input; empty when it is not there.
    func text(_ name: String) -> String { first(named: name) ?? "" }

    /// What is ticked of some boxes, as an array of texts.
    func ticked(_ name: String) -> JSONValue { .array(all(named: name).map { .string($0) }) }

    /// Labels typed in the input `labels`, one `key=value` a line.
    ///
    /// - Throws: `PortalError` `.invalidArgument` on `conditions.labels`.
    func labels() throws(PortalError) -> JSONValue {
        var labels: JSONObject = [:]
        for typed in text("labels").split(whereSeparator: \.isNewline) {
            // Neither keys nor values have spaces, and people like to write some.
            let line = typed.filter { !$0.isWhitespace }
            if line.isEmpty { continue }
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else {
                throw .invalid(
                    "conditions.labels",
                    FieldErrorCode.invalidValue,
                    "must be one key=value a line: \(line)"
                )
            }
            labels[String(parts[0])] = .string(String(parts[1]))
        }
        return .object(labels)
    }

    /// Fills in the inputs `environment`, `labels` and `host`, as a form sends them.
    mutating func add(environments: Set<VClusterEnvironment>, labels: [String: String], hosts: Set<HostID>) {
        for environment in environments { add("environment", environment.rawValue) }
        add("labels", labels.labelTexts.joined(separator: "\n"))
        for host in hosts { add("host", host.description) }
    }
}
