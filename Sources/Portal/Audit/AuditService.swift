import FoundationEssentials
public import Postgres

/// Reads and verifies the audit log.
public struct AuditService: Sendable {
    private let database: PortalDatabase
    private let limits: PortalLimits.Audit

    /// A service over a database.
    public init(database: PostgresDatabase, limits: PortalLimits = PortalLimits()) {
        self.database = PortalDatabase(database)
        self.limits = limits.audit
    }

    /// A page of the rows that the caller may read, newest first.
    ///
    /// Who has `audit.read` at the root reads everything; elsewhere it opens the rows on objects of that subtree, not
    /// those that belong to the organization as a whole, such as sign-ins and hosts.
    ///
    /// - Throws: `PortalError` `.forbidden` without `audit.read` anywhere, `.invalidArgument` for a foreign page token;
    ///   `PostgresError`.
    public func list(
        _ filter: AuditFilter = AuditFilter(),
        _ page: PageRequest = .first,
        as caller: Caller
    ) async throws
        -> Page<AuditEvent>
    {
        let visibility = try Self.visibility(of: caller)
        var filter = filter
        if let tenantID = filter.tenantID {
            let row = try await database.as(caller).query(TenantQueries.byID(tenantID), idempotent: true).first
            // The root of all narrows nothing. A tenant that is gone has a history still, and is none.
            if let row, try Tenant(row: row).parentID == nil { filter.tenantID = nil }
        }
        if let email = filter.actorEmail {
            let row = try await database.as(caller).query(
                UserQueries.byEmail(email.trimmed.lowercased()),
                idempotent: true
            ).first
            guard let row else { return Page(items: [], nextPageToken: nil) }
            filter.actorID = try User(row: row).id
        }
        let cursor = try page.cursor(list: "audit", count: 2).map { cursor in
            guard let microseconds = Int64(cursor.keys[0]) else { throw PageCursor.invalidToken }
            return (at: Date(microsecondsSince1970: microseconds), id: try cursor.id(at: 1) as AuditEventID)
        }
        let rows = try await database.as(caller).query(
            AuditQueries.page(filter, visibleTo: visibility, before: cursor, rowsMax: page.rowsMax),
            idempotent: true
        )
        return Page(rows: try rows.map { try AuditEvent(row: $0) }, request: page) { event in
            PageCursor(list: "audit", keys: [String(event.at.microsecondsSince1970), event.id.description])
        }
    }

    /// Recomputes the hashes of one chain from its first row to its head.
    ///
    /// Reads in batches; rows that are appended meanwhile are verified too.
    ///
    /// - Throws: `PortalError` `.forbidden` without `audit.read` at the root, `.invalidArgument` for a chain that does
    ///   not exist; `PostgresError`.
    public func verify(chain: Int, as caller: Caller) async throws -> AuditVerification {
        guard try Self.visibility(of: caller) == .everything else { throw PortalError.forbidden(.auditRead) }
        guard (0..<PortalLimits.Audit.chainCount).contains(chain) else {
            throw PortalError.invalid(
                "chain",
                FieldErrorCode.outOfRange,
                "must be between 0 and \(PortalLimits.Audit.chainCount - 1)"
            )
        }
        // The head first: rows that follow it while we read are then no finding.
        let database = database.elevated(for: .auditVerification)
        guard let head = try await database.query(AuditQueries.head(of: chain)).first else {
            return AuditVerification(chain: chain, rows: 0, broken: .init(sequence: 0, problem: .headMissing))
        }
        let headSequence: Int64 = try head.decode("sequence")
        let headHash: [UInt8] = try head.decode("hash")
        var walk = AuditChainWalk()
        while walk.broken == nil {
            let rows = try await database.query(
                AuditQueries.chainRows(chain, after: walk.sequence, rowsMax: limits.verifyBatch)
            )
            for row in rows where walk.broken == nil {
                walk.step(
                    AuditChainWalk.Row(
                        sequence: try row.decode("sequence"),
                        content: AuditContent(try AuditEvent(row: row)).hash,
                        previousHash: try row.decode("previous_hash"),
                        hash: try row.decode("hash")
                    ),
                    head: (headSequence, headHash)
                )
            }
            if rows.count < limits.verifyBatch { break }
        }
        return walk.finish(chain: chain, headSequence: headSequence)
    }

    private static func visibility(of caller: Caller) throws(PortalError) -> AuditVisibility {
        if caller.isSystem { return .everything }
        let bindings = caller.bindings.filter { $0.permissions.contains(.auditRead) }
        guard !bindings.isEmpty else { throw .forbidden(.auditRead) }
        return bindings.contains(where: \.isAtRoot) ? .everything : .subtrees(bindings.map(\.tenantID))
    }
}
