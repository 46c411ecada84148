import HTTPCore
import Synchronization

/// The memory that the buffers of all connections of a server take together.
///
/// Counted is what a connection holds beyond ``HTTPLimits/keptCapacityMax`` a buffer, and only when that changes: a
/// client with small requests and responses never touches the shared number.
final class BufferBudget: Sendable {
    /// Bound of ``bytes``; it may be passed by what all loops take in one turn.
    let bytesMax: Int
    private let used = Atomic<Int>(0)

    /// A budget of which nothing is used.
    init(bytesMax: Int) {
        self.bytesMax = bytesMax
    }

    /// Bytes in use.
    var bytes: Int { used.load(ordering: .relaxed) }
    /// Whether more is in use than the bound.
    var isExceeded: Bool { bytes > bytesMax }
    /// Bytes in use beyond three quarters of the bound, where the larger holders have to give way; else 0.
    var excess: Int { max(0, bytes - bytesMax / 4 * 3) }

    /// Takes, or with a negative number gives back.
    func change(by bytes: Int) {
        used.wrappingAdd(bytes, ordering: .relaxed)
    }
}

/// What one connection has taken of a ``BufferBudget``.
struct BufferShare {
    /// Bytes taken.
    private(set) var bytes = 0

    /// Makes the share equal to what is held now.
    ///
    /// - Returns: Whether more was taken.
    mutating func settle(at held: Int, in budget: BufferBudget) -> Bool {
        guard held != bytes else { return false }
        let isMore = held > bytes
        budget.change(by: held - bytes)
        bytes = held
        return isMore
    }
}
