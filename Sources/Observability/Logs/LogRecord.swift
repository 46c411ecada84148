import JSON
import Logging

/// One event of the log, ready to be written: what every line has, and its fields in the order of their names.
struct LogRecord {
    let time: LogTime
    let level: Logger.Level
    let logger: String
    let message: String
    let fields: [(name: String, value: Logger.MetadataValue)]

    /// The fields that every line has; metadata of such a name gets an underscore in front.
    private static let ownNames: Set<String> = ["time", "level", "logger", "message", "truncated"]

    /// A record of an event.
    ///
    /// - Parameters:
    ///   - event: What was logged.
    ///   - logger: The label of the logger.
    ///   - metadata: The logger's own and the context's; that of the event wins.
    ///   - time: When it was logged.
    init(_ event: LogEvent, logger: String, metadata: Logger.Metadata, time: LogTime) {
        var fields = event.metadata ?? metadata
        // Most loggers have no metadata of their own, and what is not merged need not be copied.
        if event.metadata != nil, !metadata.isEmpty { fields.merge(metadata) { own, _ in own } }
        if let error = event.error, fields["error"] == nil { fields["error"] = "\(String(reflecting: error))" }
        self.time = time
        self.level = event.level
        self.logger = logger
        message = event.message.description
        self.fields = fields.map { (Self.ownNames.contains($0.key) ? "_" + $0.key : $0.key, $0.value) }
            .sorted { $0.name < $1.name }
    }

    /// The line in a format, with its line end.
    func line(_ format: LogFormat, limits: LogLimits) -> [UInt8] {
        var line = LogLine(limits: limits)
        switch format {
        case .json: writeJSON(to: &line)
        case .text: writeText(to: &line)
        }
        return line.bytes
    }

    private func writeJSON(to line: inout LogLine) {
        line.append("{\"time\":\"")
        time.append(to: &line.bytes)
        line.append("\",\"level\":\"\(level.rawValue)\"")
        var isTruncated = !line.append(member: "logger", .string(line.bounded(logger)))
        isTruncated = !line.append(member: "message", .string(line.bounded(message))) || isTruncated
        for (name, value) in fields where !line.append(member: line.bounded(name), line.json(value)) {
            isTruncated = true
        }
        if isTruncated || line.isCut { line.append(LogLine.jsonTruncation) }
        line.append("}\n")
    }

    private func writeText(to line: inout LogLine) {
        time.append(to: &line.bytes)
        line.append(" \(level.rawValue) \(logger): ")
        var isTruncated = !line.append(part: LogLine.plain(line.bounded(message)))
        for (name, value) in fields {
            var part = [UInt8(ascii: " ")] + LogLine.word(name) + [UInt8(ascii: "=")]
            switch line.json(value) {
            case .string(let text): part += LogLine.word(text)
            case let json: json.encode(into: &part)
            }
            if !line.append(part: part) { isTruncated = true }
        }
        if isTruncated || line.isCut { line.append(LogLine.textTruncation) }
        line.append("\n")
    }
}
