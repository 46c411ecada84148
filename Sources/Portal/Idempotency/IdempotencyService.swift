import FoundationEssentials
public import Postgres

/// Makes repeated requests harmless: the first runs, the others get its response (draft-ietf-httpapi-idempotency-key).
public struct IdempotencyService: Sendable {
    private let database: ScopedDatabase
    private let time: any TimeSource
    private let limits: PortalLimits.Idempotency

    /// A service over a database.
    public init(database: PostgresDatabase, time: any TimeSource, limits: PortalLimits = PortalLimits()) {
        self.database = PortalDatabase(database).elevated(for: .idempotency)
        self.time = time
        self.limits = limits.idempotency
    }

    /// What to do with a request that has a key.
    public enum Decision: Sendable {
        /// Run it, then `complete` or `abandon` the ticket.
        case proceed(Ticket)
        /// Answer with this; it was run before.
        case replay(StoredResponse)
    }

    /// The right to run a request, until its lock runs out.
    public struct Ticket: Sendable {
        let request: IdempotencyRequest
        let lock: IdempotencyLock
    }

    /// Decides about a request.
    ///
    /// - Throws: `PortalError` `.unprocessable` when the key was used for another request, `.conflict` with `retryAfter`
    ///   while an equal one runs; `PostgresError`.
    public func begin(_ request: IdempotencyRequest) async throws -> Decision {
        // Twice: a key may be completed, abandoned or swept between the two statements.
        for _ in 0..<2 {
            let now = time.now()
            let lock = IdempotencyLock(id: UUIDv7.next(), until: now.advanced(by: limits.lockTimeout))
            let expiresAt = now.advanced(by: limits.retention)
            let taken = try await database.query(
                IdempotencyQueries.take(request, lock: lock, at: now, expiresAt: expiresAt)
            )
            if !taken.isEmpty { return .proceed(Ticket(request: request, lock: lock)) }
            guard let row = try await database.query(IdempotencyQueries.find(request), idempotent: true).first else {
                continue
            }
            guard try row.decode("request_hash", as: [UInt8].self) == request.hash else {
                throw PortalError(
                    .unprocessable,
                    "This Idempotency-Key was used for another request within the last "
                        + "\(limits.retention.components.seconds / 3600) hours. Use a new key for a new request."
                )
            }
            if let response = try StoredResponse(row: row) { return .replay(response) }
        }
        throw PortalError(
            .conflict,
            "The first request with this Idempotency-Key is still running. Repeat this one in a few seconds.",
            retryAfter: .seconds(2)
        )
    }

    /// Keeps the response of a request that was run.
    ///
    /// Refusals and failures (400 and above) are forgotten instead: they had no effect, so a repetition may run again.
    /// Of a response that is too large to keep, the body is left out.
    ///
    /// - Throws: `PostgresError`.
    public func complete(_ ticket: Ticket, with response: StoredResponse) async throws {
        guard response.status < 400 else { return try await abandon(ticket) }
        let isKept = response.body.count <= limits.responseBytesMax
        let response =
            isKept ? response : StoredResponse(status: response.status, headers: response.headers, body: [])
        try await database.execute(
            IdempotencyQueries.complete(ticket.request, lock: ticket.lock, with: response),
            idempotent: true
        )
    }

    /// Forgets a request that failed without an answer worth keeping.
    ///
    /// - Throws: `PostgresError`.
    public func abandon(_ ticket: Ticket) async throws {
        try await database.execute(
            IdempotencyQueries.abandon(ticket.request, lock: ticket.lock),
            idempotent: true
        )
    }

    /// Removes expired keys, a bounded number at a time.
    ///
    /// - Returns: How many were removed; call again at once when it is `PortalLimits.Idempotency.sweepBatch`.
    /// - Throws: `PostgresError`.
    @discardableResult
    public func sweep() async throws -> Int {
        try await database.execute(
            IdempotencyQueries.deleteExpired(at: time.now(), rowsMax: limits.sweepBatch)
        )
    }
}
