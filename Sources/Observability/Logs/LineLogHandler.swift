public import Logging

/// The log of the product: each event is one line in the chosen format.
///
/// Beside the logger's own metadata a line has that of the task's context, which is how the trace gets into the lines
/// of code that knows nothing of it.
public struct LineLogHandler: LogHandler {
    /// Events below it are not written.
    public var logLevel: Logger.Level
    /// What every event of this logger has.
    public var metadata: Logger.Metadata = [:]
    /// What every event gets from its context.
    public var metadataProvider: Logger.MetadataProvider?

    private let label: String
    private let format: LogFormat
    private let limits: LogLimits
    private let sink: LogSink

    /// A handler for one logger.
    ///
    /// - Parameters:
    ///   - label: Names the logger in its lines.
    ///   - level: Events below it are not written.
    ///   - format: How lines look.
    ///   - limits: The bounds of a line.
    ///   - sink: Where lines go; shared by all handlers.
    ///   - metadataProvider: What every event gets from its context.
    public init(
        label: String,
        level: Logger.Level,
        format: LogFormat,
        limits: LogLimits = LogLimits(),
        sink: LogSink,
        metadataProvider: Logger.MetadataProvider? = nil
    ) {
        self.label = label
        logLevel = level
        self.format = format
        self.limits = limits
        self.sink = sink
        self.metadataProvider = metadataProvider
    }

    /// The logger's own metadata.
    public subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    /// Writes one line.
    public func log(event: LogEvent) {
        var metadata = metadata
        if let provided = metadataProvider?.get() { metadata.merge(provided) { $1 } }
        let record = LogRecord(event, logger: label, metadata: metadata, time: .now())
        sink.write(record.line(format, limits: limits))
    }
}
