import FoundationEssentials
import Postgres

/// The SQL of the audit log.
enum AuditQueries {
    private static let columns: SQL = """
        e.id, e.chain, e.sequence, e.at, e.actor_id, e.actor_name, e.credential, e.tenant_path, e.verb, e.object_kind,
        e.object_id, e.object_name, e.before::text AS before, e.after::text AS after, e.request_id, e.result
        """

    /// Takes a chain until the end of the transaction.
    ///
    /// A statement of its own: the next one then sees the head as its last writer left it.
    static func lock(chain: Int) -> SQL {
        """
        SELECT sequence
        FROM audit_chains
        WHERE chain = \(chain)
        FOR UPDATE
        """
    }

    /// Appends a row to a locked chain and moves its head.
    static func append(_ event: AuditEvent, contentHash: [UInt8]) -> SQL {
        """
        WITH head AS (
            SELECT sequence + 1 AS sequence, hash AS previous_hash,
                sha256(hash || int8send(sequence + 1) || \(contentHash)::bytea) AS hash
            FROM audit_chains
            WHERE chain = \(event.chain)
        ), event AS (
            INSERT INTO audit_events (id, chain, sequence, at, actor_id, actor_name, credential, tenant_id, tenant_path,
                verb, object_kind, object_id, object_name, before, after, request_id, result, content_hash,
                previous_hash, hash)
            SELECT \(event.id), \(event.chain), head.sequence, \(event.at), \(event.actorID), \(event.actorName),
                \(event.credential), \(event.object.tenantPath?.last), \(event.object.tenantPath), \(event.verb),
                \(event.object.kind), \(event.object.id), \(event.object.name), \(event.before), \(event.after),
                \(event.requestID), \(event.result), \(contentHash), head.previous_hash, head.hash
            FROM head
        )
        UPDATE audit_chains
        SET sequence = head.sequence, hash = head.hash
        FROM head
        WHERE audit_chains.chain = \(event.chain)
        """
    }

    /// A page of the rows that a caller may read, newest first; index `audit_events_by_time` or a narrower one.
    ///
    /// The tenant of the filter is not the root of all.
    static func page(
        _ filter: AuditFilter,
        visibleTo visibility: AuditVisibility,
        before cursor: (at: Date, id: AuditEventID)?,
        rowsMax: Int
    ) -> SQL {
        var conditions: [SQL] = []
        if case .subtrees(let roots) = visibility {
            conditions.append(SubtreeQueries.lies("e.tenant_path", in: roots))
        }
        if let tenantID = filter.tenantID { conditions.append(SubtreeQueries.lies("e.tenant_path", in: [tenantID])) }
        if let actorID = filter.actorID { conditions.append("e.actor_id = \(actorID)") }
        if let verb = filter.verb { conditions.append("e.verb = \(verb)") }
        if let kind = filter.objectKind { conditions.append("e.object_kind = \(kind)") }
        if let id = filter.objectID { conditions.append("e.object_id = \(id)") }
        if let from = filter.from { conditions.append("e.at >= \(from)") }
        if let to = filter.to { conditions.append("e.at < \(to)") }
        if let cursor { conditions.append("(e.at, e.id) < (\(cursor.at), \(cursor.id))") }
        let predicate: SQL = conditions.isEmpty ? "true" : conditions.joined(separator: " AND ")
        return """
            SELECT \(sql: columns)
            FROM audit_events AS e
            WHERE \(sql: predicate)
            ORDER BY e.at DESC, e.id DESC
            LIMIT \(rowsMax)
            """
    }

    /// Rows of a chain in order with their hashes; index `audit_events_by_chain`.
    static func chainRows(_ chain: Int, after sequence: Int64, rowsMax: Int) -> SQL {
        """
        SELECT \(sql: columns), e.content_hash, e.previous_hash, e.hash
        FROM audit_events AS e
        WHERE e.chain = \(chain) AND e.sequence > \(sequence)
        ORDER BY e.sequence
        LIMIT \(rowsMax)
        """
    }

    /// The head of a chain.
    static func head(of chain: Int) -> SQL {
        """
        SELECT sequence, hash
        FROM audit_chains
        WHERE chain = \(chain)
        """
    }
}

extension AuditResult: PostgresCodable {}

extension AuditEvent {
    /// Reads the columns of `AuditQueries`.
    init(row: PostgresRow) throws {
        id = try row.decode("id")
        chain = try row.decode("chain")
        sequence = try row.decode("sequence")
        at = try row.decode("at")
        actorID = try row.decode("actor_id")
        actorName = try row.decode("actor_name")
        credential = try row.decode("credential")
        verb = try row.decode("verb")
        object = AuditObject(
            kind: try row.decode("object_kind"),
            id: try row.decode("object_id"),
            name: try row.decode("object_name"),
            tenantPath: try row.decode("tenant_path")
        )
        before = try row.decode("before")
        after = try row.decode("after")
        requestID = try row.decode("request_id")
        result = try row.decode("result")
    }
}
