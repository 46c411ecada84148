import HTTPCore
import Synchronization

/// Counts the open connections of each client address, over all loops.
final class ClientTable: Sendable {
    /// Whether the limit can ever be reached; if not, nothing has to be counted.
    let isLimited: Bool

    private let connectionsMax: Int
    private let counts = Mutex<[IPAddress: Int]>([:])

    /// An empty table; bounded by the connections that the server has.
    init(limits: HTTPLimits) {
        connectionsMax = limits.connectionsPerAddressMax
        isLimited = limits.connectionsPerAddressMax < limits.connectionsMax
    }

    /// Counts one more connection.
    ///
    /// - Parameter group: ``IPAddress/clientGroup`` of the client.
    /// - Returns: False, without counting, when the client has all that it may have.
    func enter(_ group: IPAddress) -> Bool {
        counts.withLock { counts in
            let count = counts[group] ?? 0
            guard count < connectionsMax else { return false }
            counts[group] = count + 1
            return true
        }
    }

    /// Counts one connection less; called once for each ``enter(_:)`` that returned true.
    func leave(_ group: IPAddress) {
        counts.withLock { counts in
            let count = counts[group] ?? 0
            counts[group] = count > 1 ? count - 1 : nil
        }
    }
}
