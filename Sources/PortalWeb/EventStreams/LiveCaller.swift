import HTTPCore
import Portal

/// The caller of a live stream, who is looked up again while the stream is open.
///
/// A stream outlives the request that opened it by minutes. Without a second look it would go on after the token was
/// revoked, the session ended, or the role taken that it was opened with.
actor LiveCaller {
    /// The credential that opened the stream is good no more.
    struct SignInEnded: Error {}

    private let context: RequestContext
    private var caller: Caller
    private var checkedAt = ContinuousClock.now
    private var renewal: ChangeSubscription.Renewal?

    /// The caller of a request, as its credential says now.
    init(_ context: RequestContext) throws {
        self.context = context
        caller = try context.requireCaller()
    }

    /// The caller, looked up again when the last look is older than `WebLimits.eventCallerSeconds`.
    ///
    /// - Throws: `SignInEnded`; what the database throws.
    func current() async throws -> Caller {
        let now = ContinuousClock.now
        guard now - checkedAt >= .seconds(context.limits.eventCallerSeconds) else { return caller }
        var context = context
        context.caller = nil
        try await Authenticator(services: context.services).authenticate(&context)
        guard let found = context.caller else { throw SignInEnded() }
        // Of two looks at the same time the later one counts.
        guard now >= checkedAt else { return caller }
        checkedAt = now
        caller = found
        renewal?(found)
        return found
    }

    /// Subscribes to changes, and tells the feed who the caller is whenever that was looked up.
    func subscribe(since cursor: ChangeCursor?, filter: ChangeFilter) async throws -> ChangeSubscription {
        let changes = try await context.services.changes.subscribe(as: caller, since: cursor, filter: filter)
        renewal = changes.renew
        return changes
    }

    /// Looks at each heart-beat, because a stream on which nothing happens must end too; returns when the sign-in is gone.
    func watch() async throws {
        while true {
            try await Task.sleep(for: .seconds(context.limits.eventHeartbeatSeconds))
            do {
                _ = try await current()
            } catch is SignInEnded {
                return
            } catch {
                // No answer says nothing about the caller. Nothing is sent without another look.
                continue
            }
        }
    }
}
