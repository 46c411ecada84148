import Portal
import Synchronization

/// Counts the open event streams of this server and keeps them below their limits.
final class EventStreamGate: Sendable {
    private struct Counts {
        var total = 0
        var byUser: [UserID: Int] = [:]
    }

    private let counts = Mutex(Counts())

    /// How many streams are open now.
    var openCount: Int { counts.withLock { $0.total } }

    /// Takes a place; it is given back when the returned value is released.
    ///
    /// - Throws: `UNAVAILABLE` when the server is full, `RATE_LIMITED` when this user has too many.
    func enter(_ user: UserID, limits: WebLimits) throws -> Place {
        try counts.withLock { counts in
            guard counts.total < limits.eventStreamsMax else {
                throw PortalError(
                    .unavailable,
                    "This server has as many live streams as it can serve. Try again in a moment.",
                    retryAfter: .seconds(5)
                )
            }
            guard counts.byUser[user, default: 0] < limits.eventStreamsPerCallerMax else {
                throw PortalError(
                    .rateLimited,
                    "You have \(limits.eventStreamsPerCallerMax) live streams open, which is the most. Close some tabs.",
                    retryAfter: .seconds(30)
                )
            }
            counts.total += 1
            counts.byUser[user, default: 0] += 1
        }
        return Place(gate: self, user: user)
    }

    private func release(_ user: UserID) {
        counts.withLock { counts in
            counts.total -= 1
            let left = counts.byUser[user, default: 1] - 1
            counts.byUser[user] = left > 0 ? left : nil
        }
    }

    /// A place in the gate; it is given back once, at the latest when the value is released.
    ///
    /// The release covers streams that fail, are cancelled, or never begin, as for HEAD.
    final class Place: Sendable {
        private let gate: EventStreamGate
        private let user: UserID
        private let isTaken = Mutex(true)

        fileprivate init(gate: EventStreamGate, user: UserID) {
            self.gate = gate
            self.user = user
        }

        /// Gives the place back.
        func leave() {
            let wasTaken = isTaken.withLock { isTaken in
                defer { isTaken = false }
                return isTaken
            }
            if wasTaken { gate.release(user) }
        }

        deinit { leave() }
    }
}
