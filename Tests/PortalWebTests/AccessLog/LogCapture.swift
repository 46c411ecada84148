import JSON
import Logging
import Observability
import Synchronization

/// Keeps what is logged, with the metadata of its context, as the log of the server has it.
struct LogCapture: LogHandler {
    private final class Lines: Sendable {
        let all = Mutex<[(message: String, metadata: Logger.Metadata)]>([])
    }

    private let lines = Lines()
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .debug

    /// A logger that writes here.
    var logger: Logger { Logger(label: "test") { _ in self } }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = metadata.merging(Logger.MetadataProvider.work.get()) { $1 }
        all.merge(event.metadata ?? [:]) { $1 }
        lines.all.withLock { $0.append((event.message.description, all)) }
    }

    /// The metadata of all events with a message, in order.
    func events(_ message: String) -> [Logger.Metadata] {
        lines.all.withLock { $0.filter { $0.message == message }.map(\.metadata) }
    }
}
