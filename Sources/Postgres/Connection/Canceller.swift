import CLibPQ
import Dispatch
import Logging
import Synchronization

/// Asks servers to stop a statement, off the loops: `PQcancel` connects anew and blocks.
///
/// Source: PostgreSQL documentation, "Canceling Queries in Progress".
final class Canceller: Sendable {
    private let queue = DispatchQueue(label: "postgres.cancel", attributes: .concurrent)
    private let underWay = Mutex(0)
    private let countMax: Int
    private let logger: Logger

    /// Starts without requests.
    ///
    /// - Parameters:
    ///   - countMax: Requests under way at a time; more are dropped, the connection is closed anyway.
    ///   - logger: Told about requests that failed.
    init(countMax: Int, logger: Logger) {
        self.countMax = countMax
        self.logger = logger
    }

    /// Asks for the end of what a connection is doing.
    ///
    /// Returns at once; the connection may be closed meanwhile.
    func cancel(_ handle: OpaquePointer) {
        let isAdmitted = underWay.withLock { count in
            guard count < countMax else { return false }
            count += 1
            return true
        }
        guard isAdmitted else { return }
        guard let key = PQgetCancel(handle) else { return underWay.withLock { $0 -= 1 } }
        // The key is used by this one block only.
        nonisolated(unsafe) let owned = key
        queue.async { [self] in
            var message = [CChar](repeating: 0, count: 256)
            if PQcancel(owned, &message, Int32(message.count)) == 0 {
                let text = String(decoding: message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
                logger.debug("cancelling a statement failed: \(text.trimmedOfNewlines)")
            }
            PQfreeCancel(owned)
            underWay.withLock { $0 -= 1 }
        }
    }
}
