/// Pending timers of one loop, ordered by deadline: a binary heap over stable slots.
///
/// Adding, cancelling and taking the first are O(log n). A cancelled timer leaves at once, so that connections which
/// set and cancel a deadline per request do not fill the heap. A handle names a slot and its generation: a handle
/// kept after its timer fired does nothing.
struct TimerHeap {
    private var slots: [Slot] = []
    private var freeSlots: [Int] = []
    private var order: [Int] = []

    private struct Slot {
        var deadline: LoopInstant
        var generation: UInt32
        /// Position in `order`; -1 while the slot is free.
        var position: Int
        var body: (() -> Void)?
    }

    /// Number of pending timers.
    var count: Int { order.count }

    /// The earliest deadline; `nil` without timers.
    var firstDeadline: LoopInstant? {
        order.first.map { slots[$0].deadline }
    }

    /// Adds a timer.
    ///
    /// - Parameters:
    ///   - deadline: When it is due.
    ///   - body: Run once by whoever takes it with ``popDue(now:)``.
    /// - Returns: A handle for ``cancel(_:)``.
    mutating func add(at deadline: LoopInstant, _ body: @escaping () -> Void) -> TimerHandle {
        let slot: Int
        if let free = freeSlots.popLast() {
            slot = free
            slots[slot].deadline = deadline
            slots[slot].body = body
        } else {
            slot = slots.count
            slots.append(Slot(deadline: deadline, generation: 0, position: -1, body: body))
        }
        slots[slot].position = order.count
        order.append(slot)
        siftUp(order.count - 1)
        return TimerHandle(slot: slot, generation: slots[slot].generation)
    }

    /// Removes a timer that has not fired; does nothing for a handle whose timer fired or was cancelled.
    mutating func cancel(_ handle: TimerHandle) {
        guard slots.indices.contains(handle.slot), slots[handle.slot].generation == handle.generation,
            slots[handle.slot].position >= 0
        else { return }
        remove(at: slots[handle.slot].position)
    }

    /// Takes the first timer if it is due.
    ///
    /// - Parameter now: The present; timers with a deadline at or before it are due.
    /// - Returns: The body to run; `nil` when nothing is due.
    mutating func popDue(now: LoopInstant) -> (() -> Void)? {
        guard let first = order.first, slots[first].deadline <= now else { return nil }
        let body = slots[first].body
        remove(at: 0)
        return body
    }

    private mutating func remove(at position: Int) {
        let slot = order[position]
        let last = order.count - 1
        if position != last {
            order.swapAt(position, last)
            slots[order[position]].position = position
        }
        order.removeLast()
        slots[slot].position = -1
        slots[slot].generation &+= 1
        slots[slot].body = nil
        freeSlots.append(slot)
        if position < order.count {
            siftUp(position)
            siftDown(position)
        }
    }

    private mutating func siftUp(_ start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard isBefore(child, parent) else { return }
            swap(child, parent)
            child = parent
        }
    }

    private mutating func siftDown(_ start: Int) {
        var parent = start
        while true {
            let left = 2 * parent + 1
            guard left < order.count else { return }
            let right = left + 1
            let child = right < order.count && isBefore(right, left) ? right : left
            guard isBefore(child, parent) else { return }
            swap(child, parent)
            parent = child
        }
    }

    private func isBefore(_ first: Int, _ second: Int) -> Bool {
        slots[order[first]].deadline < slots[order[second]].deadline
    }

    private mutating func swap(_ first: Int, _ second: Int) {
        order.swapAt(first, second)
        slots[order[first]].position = first
        slots[order[second]].position = second
    }
}

/// Names one timer of one loop; harmless after the timer fired or was cancelled.
public struct TimerHandle: Sendable, Hashable {
    let slot: Int
    let generation: UInt32

    /// The handle of no timer.
    static let none = TimerHandle(slot: -1, generation: 0)
}
