public import FoundationEssentials
import JSON
public import Postgres

/// Writes audit rows, always inside of the transaction that they tell about.
public enum AuditLog {
    /// Appends a row.
    ///
    /// Locks the chain of the object until the end of the transaction, so call it last.
    ///
    /// - Throws: `PostgresError`.
    public static func record(
        _ entry: AuditEntry,
        by caller: Caller,
        at time: Date,
        limits: PortalLimits.Audit = PortalLimits.Audit(),
        in transaction: some PostgresQueryable
    ) async throws {
        try await record([entry], by: caller, at: time, limits: limits, in: transaction)
    }

    /// Appends rows of one action on several objects.
    ///
    /// The chains are locked in ascending order, so two such calls cannot wait for each other.
    ///
    /// - Throws: `PostgresError`.
    public static func record(
        _ entries: [AuditEntry],
        by caller: Caller,
        at time: Date,
        limits: PortalLimits.Audit = PortalLimits.Audit(),
        in transaction: some PostgresQueryable
    ) async throws {
        let events = entries.map { event($0, by: caller, at: time, limits: limits) }
        let locks = Set(events.map(\.chain)).sorted().map { AuditQueries.lock(chain: $0) }
        let appends = events.map { AuditQueries.append($0, contentHash: AuditContent($0).hash) }
        try await transaction.pipeline(locks + appends)
    }

    private static func event(
        _ entry: AuditEntry,
        by caller: Caller,
        at time: Date,
        limits: PortalLimits.Audit
    ) -> AuditEvent {
        AuditEvent(
            id: AuditEventID(),
            chain: AuditContent.chain(ofObject: entry.object.id),
            sequence: 0,
            at: time.roundedToMicroseconds,
            actorID: caller.userID,
            actorName: caller.isSystem || caller.user.kind == .service ? caller.user.name : caller.user.email,
            credential: credential(of: caller),
            verb: entry.verb.rawValue,
            object: entry.object,
            before: text(entry.before, limits: limits),
            after: text(entry.after, limits: limits),
            requestID: caller.requestID,
            result: entry.result
        )
    }

    private static func credential(of caller: Caller) -> String {
        switch caller.via {
        case .session(let id): "session:\(id)"
        case .token(let id): "token:\(id)"
        case .certificate(let id): "certificate:\(id)"
        case .request(let id): "request:\(id)"
        case .system: "system"
        }
    }

    private static func text(_ document: JSONValue?, limits: PortalLimits.Audit) -> String? {
        guard let text = document?.encodedString() else { return nil }
        let bytes = text.utf8.count
        guard bytes > limits.documentBytesMax else { return text }
        return JSONValue.object(["omitted": "too large", "bytes": .number(JSONNumber(bytes))]).encodedString()
    }
}
