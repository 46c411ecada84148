import Configuration
import Glibc
import Logging
import Observability
import PortalWeb

extension PortalConfiguration {
    /// What the server tells of its work (docs/operations.md, "Logs").
    struct Log: Sendable {
        var level: Logger.Level
        var format: LogFormat
        var access: AccessLogPolicy

        /// Reads the settings and adds what is wrong with them to the problems.
        static func load(_ portal: ConfigReader, problems: inout [String]) -> Log {
            let levelText = portal.string(forKey: "log.level", default: "info")
            let level = Logger.Level(rawValue: levelText)
            if level == nil {
                problems.append("PORTAL_LOG_LEVEL must be one of \(words(Logger.Level.allCases))")
            }
            var format: LogFormat? = formatForStandardError
            if let text = portal.string(forKey: "log.format"), !text.isEmpty { format = LogFormat(rawValue: text) }
            if format == nil {
                problems.append("PORTAL_LOG_FORMAT must be one of \(words(LogFormat.allCases))")
            }
            let mode = AccessLogPolicy.Mode(portal.string(forKey: "access.log", default: "all"))
            if mode == nil {
                problems.append("PORTAL_ACCESS_LOG must be all, off, or the share of requests to log, such as 0.01")
            }
            let slow = Int(portal.string(forKey: "slow.request.milliseconds", default: "1000"))
            if slow.map((1...3_600_000).contains) != true {
                problems.append("PORTAL_SLOW_REQUEST_MILLISECONDS must be a whole number from 1 to 3600000")
            }
            return Log(
                level: level ?? .info,
                format: format ?? .text,
                access: AccessLogPolicy(mode ?? .all, slow: .milliseconds(slow ?? 1_000))
            )
        }

        /// People read a terminal, programs everything else.
        private static var formatForStandardError: LogFormat { isatty(STDERR_FILENO) == 1 ? .text : .json }

        private static func words(_ values: [some RawRepresentable<String>]) -> String {
            values.map(\.rawValue).joined(separator: " ")
        }
    }
}
