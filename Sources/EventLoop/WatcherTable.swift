/// The watchers registered with one loop's epoll instance, found by the 64-bit token that the kernel hands back.
///
/// A token is slot and generation, not a pointer: an event of the same `epoll_wait` batch for a watcher that was closed
/// a moment before meets a newer generation and is dropped.
struct WatcherTable {
    private var slots: [Slot] = []
    private var freeSlots: [Int] = []

    private struct Slot {
        var generation: UInt32
        var watcher: DescriptorWatcher?
    }

    /// Number of registered watchers.
    var count: Int { slots.count - freeSlots.count }

    /// All registered watchers, in no particular order.
    var all: [DescriptorWatcher] { slots.compactMap(\.watcher) }

    /// Registers a watcher and returns its token; the table keeps it alive until ``remove(_:)``.
    mutating func insert(_ watcher: DescriptorWatcher) -> UInt64 {
        let slot: Int
        if let free = freeSlots.popLast() {
            slot = free
            slots[slot].watcher = watcher
        } else {
            slot = slots.count
            slots.append(Slot(generation: 1, watcher: watcher))
        }
        return UInt64(slots[slot].generation) << 32 | UInt64(UInt32(truncatingIfNeeded: slot))
    }

    /// Forgets a watcher; its token is dead from here on.
    mutating func remove(_ token: UInt64) {
        let slot = Int(token & 0xFFFF_FFFF)
        guard self[token] != nil else { return }
        slots[slot].watcher = nil
        slots[slot].generation &+= 1
        // Token 0 is the wake-up descriptor's: generation 0 is never handed out.
        if slots[slot].generation == 0 { slots[slot].generation = 1 }
        freeSlots.append(slot)
    }

    /// The watcher of a token; `nil` when it was removed.
    subscript(token: UInt64) -> DescriptorWatcher? {
        let slot = Int(token & 0xFFFF_FFFF)
        guard slot < slots.count, slots[slot].generation == UInt32(token >> 32) else { return nil }
        return slots[slot].watcher
    }
}
