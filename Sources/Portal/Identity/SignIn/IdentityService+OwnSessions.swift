import JSON
import Postgres

/// What people see and end of their own sessions.
extension IdentityService {
    /// The caller's sessions that have not ended, the one used last first; at most `PortalLimits.Identity.sessionsPerUserMax`.
    ///
    /// - Throws: `PortalError` `.forbidden` for a token that is not for everything; `PostgresError`.
    public func sessions(as caller: Caller) async throws -> [UserSession] {
        try Self.requireWhole(caller)
        let rows = try await database.elevated(for: .authentication).query(
            SessionQueries.page(of: caller.user.id, at: time.now(), rowsMax: limits.identity.sessionsPerUserMax),
            idempotent: true
        )
        return try rows.map { try UserSession(row: $0, current: caller.sessionID) }
    }

    /// Ends a session of the caller, which may be the one of the request.
    ///
    /// - Throws: `PortalError` `.notFound`, also for a session of somebody else, `.forbidden` for a token that is not for
    ///   everything; `PostgresError`.
    public func endSession(_ id: SessionID, as caller: Caller) async throws {
        try await end(SessionQueries.delete(id, of: caller.user.id), as: caller) { ended in
            guard ended > 0 else { throw PortalError.notFound("session") }
        }
    }

    /// Ends every session of the caller but that of the request.
    ///
    /// - Returns: How many have ended.
    /// - Throws: `PortalError` `.forbidden` for a token that is not for everything; `PostgresError`.
    @discardableResult
    public func endOtherSessions(as caller: Caller) async throws -> Int {
        try await end(SessionQueries.deleteAll(of: caller.user.id, except: caller.sessionID), as: caller) { _ in }
    }

    @discardableResult
    private func end(
        _ statement: SQL,
        as caller: Caller,
        check: @escaping @Sendable (Int) throws -> Void
    ) async throws -> Int {
        try Self.requireWhole(caller)
        let now = time.now()
        return try await database.elevated(for: .authentication).transaction { transaction in
            let ended = try await transaction.execute(statement)
            try check(ended)
            guard ended > 0 else { return 0 }
            let entry = AuditEntry(
                .sessionEnd,
                of: .user(caller.user),
                before: ["sessions": .number(JSONNumber(ended))]
            )
            try await AuditLog.record(entry, by: caller, at: now, limits: limits.audit, in: transaction)
            return ended
        }
    }

    /// Guards what is the owner's own: a token that was made for something else neither sees nor changes it.
    ///
    /// - Throws: `PortalError` `.forbidden`.
    static func requireWhole(_ caller: Caller) throws(PortalError) {
        guard caller.scope == nil else {
            throw PortalError(
                .forbidden,
                "This API token is for some tenants or permissions only, not for the account of its owner."
            )
        }
    }
}

extension Caller {
    /// The session of the request; nil for other credentials.
    var sessionID: SessionID? {
        if case .session(let id) = via { id } else { nil }
    }
}
