import Configuration
import HTTPCore
import HTTPServer

/// The bounds of the HTTP server that an operator may set: `PORTAL_HTTP_…` (docs/operations.md, "Limits").
struct HTTPLimitSetting {
    /// The variable without `PORTAL_HTTP_`.
    let name: String
    let range: ClosedRange<Int>
    let apply: (inout HTTPServerConfiguration, Int) -> Void

    private static func limit(
        _ name: String,
        _ range: ClosedRange<Int>,
        _ path: WritableKeyPath<HTTPServerConfiguration, Int>
    ) -> HTTPLimitSetting {
        HTTPLimitSetting(name: name, range: range) { $0[keyPath: path] = $1 }
    }

    private static func seconds(
        _ name: String,
        _ range: ClosedRange<Int>,
        _ path: WritableKeyPath<HTTPServerConfiguration, Duration>
    ) -> HTTPLimitSetting {
        HTTPLimitSetting(name: name + "_SECONDS", range: range) { $0[keyPath: path] = .seconds($1) }
    }

    static var all: [HTTPLimitSetting] {
        [
            limit("TARGET_BYTES_MAX", 1_024...65_536, \.limits.targetBytesMax),
            limit("HEADER_BYTES_MAX", 1_024...1_048_576, \.limits.headerBytesMax),
            limit("HEADER_COUNT_MAX", 10...1_000, \.limits.headerCountMax),
            HTTPLimitSetting(name: "BODY_BYTES_MAX", range: 1_024...1 << 40) { $0.limits.bodyBytesMax = Int64($1) },
            limit("CONNECTIONS_MAX", 1...1_000_000, \.limits.connectionsMax),
            limit("CONNECTIONS_PER_ADDRESS_MAX", 1...1_000_000, \.limits.connectionsPerAddressMax),
            limit("REQUESTS_PER_CONNECTION_MAX", 1...1 << 40, \.limits.requestsPerConnectionMax),
            limit("REQUESTS_IN_FLIGHT_MAX", 1...1_000_000, \.limits.requestsInFlightMax),
            limit("PIPELINED_REQUESTS_MAX", 1...10_000, \.limits.pipelinedRequestsMax),
            limit("BUFFER_BYTES_MAX", 1 << 20...1 << 40, \.limits.bufferBytesMax),
            limit("UNSENT_BYTES_MAX", 4_096...1 << 30, \.limits.unsentBytesMax),
            limit("RETRY_AFTER_SECONDS", 1...3_600, \.limits.retryAfterSeconds),
            HTTPLimitSetting(name: "BACKLOG", range: 1...65_535) { $0.limits.backlog = Int32($1) },
            limit("BYTES_PER_SECOND_MIN", 1...1 << 30, \.timeouts.bytesPerSecondMin),
            seconds("HEADER", 1...3_600, \.timeouts.header),
            seconds("IDLE", 1...86_400, \.timeouts.idle),
            seconds("BODY", 1...3_600, \.timeouts.body),
            seconds("WRITE", 1...3_600, \.timeouts.write),
            seconds("IDLE_GRACE", 0...3_600, \.timeouts.idleGrace),
            seconds("GRACE", 0...86_400, \.timeouts.grace),
        ]
    }

    /// Reads all settings.
    ///
    /// - Parameters:
    ///   - portal: The variables that begin with `PORTAL_`.
    ///   - configuration: Gets the values that are set.
    ///   - problems: Gets a line for each value that is out of its range.
    static func load(
        _ portal: ConfigReader,
        into configuration: inout HTTPServerConfiguration,
        problems: inout [String]
    ) {
        for setting in all {
            let key = ConfigKey(["http"] + setting.name.lowercased().split(separator: "_").map(String.init))
            guard let text = portal.string(forKey: key), !text.isEmpty else { continue }
            if let value = Int(text), setting.range.contains(value) {
                setting.apply(&configuration, value)
            } else {
                let (low, high) = (setting.range.lowerBound, setting.range.upperBound)
                problems.append("PORTAL_HTTP_\(setting.name) must be a whole number from \(low) to \(high)")
            }
        }
    }
}
