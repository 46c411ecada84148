import CLibPQ
import Logging

/// Takes the notices of one connection to the log: warnings as such, everything else for debugging.
///
/// Source: PostgreSQL documentation, "Notice Processing".
final class NoticeSink: Sendable {
    private let logger: Logger

    /// A sink for one connection, which keeps it alive.
    init(logger: Logger) {
        self.logger = logger
    }

    /// Has libpq call this sink.
    ///
    /// The connection must be finished before the sink goes away.
    func install(on handle: OpaquePointer) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        PQsetNoticeReceiver(handle, { context, result in NoticeSink.receive(context, result) }, context)
    }

    private static func receive(_ context: UnsafeMutableRawPointer?, _ result: OpaquePointer?) {
        guard let context, let result else { return }
        Unmanaged<NoticeSink>.fromOpaque(context).takeUnretainedValue().log(
            PostgresError(result: result, statement: nil)
        )
    }

    private func log(_ notice: PostgresError) {
        // Class 01 is "warning"; a FATAL among the notices is the farewell of a server that is being stopped.
        let isWarning = notice.sqlState?.classCode == "01" || notice.kind == .connection
        logger.log(
            level: isWarning ? .warning : .debug,
            "\(notice.message)",
            metadata: ["sqlState": "\(notice.sqlState?.rawValue ?? "")"]
        )
    }
}
