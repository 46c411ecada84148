import FoundationEssentials
import JSON
import Postgres

/// The SQL of idempotency keys.
enum IdempotencyQueries {
    /// Takes a key that is new, has expired, or whose holder let its lock run out.
    ///
    /// Returns a row when it was taken.
    ///
    /// Two requests that come together meet on the primary key: one inserts, the other waits for it and gets no row.
    static func take(_ request: IdempotencyRequest, lock: IdempotencyLock, at time: Date, expiresAt: Date) -> SQL {
        """
        INSERT INTO idempotency_keys AS k (caller_id, key, request_hash, lock_id, locked_until, created_at, expires_at)
        VALUES (\(request.callerID), \(request.key), \(request.hash), \(lock.id), \(lock.until), \(time), \(expiresAt))
        ON CONFLICT (caller_id, key) DO UPDATE
        SET request_hash = excluded.request_hash, lock_id = excluded.lock_id, locked_until = excluded.locked_until,
            status = NULL, headers = NULL, body = NULL, created_at = excluded.created_at,
            expires_at = excluded.expires_at
        WHERE k.expires_at <= \(time)
            OR (k.locked_until <= \(time) AND k.request_hash = excluded.request_hash)
        RETURNING k.lock_id
        """
    }

    /// The key as another request left it.
    static func find(_ request: IdempotencyRequest) -> SQL {
        """
        SELECT request_hash, locked_until, status, headers, body
        FROM idempotency_keys
        WHERE caller_id = \(request.callerID) AND key = \(request.key)
        """
    }

    /// Keeps the response; changes nothing when the lock was lost meanwhile.
    static func complete(_ request: IdempotencyRequest, lock: IdempotencyLock, with response: StoredResponse) -> SQL {
        """
        UPDATE idempotency_keys
        SET lock_id = NULL, locked_until = NULL, status = \(response.status), headers = \(response.headersJSON),
            body = \(response.body)
        WHERE caller_id = \(request.callerID) AND key = \(request.key) AND lock_id = \(lock.id)
        """
    }

    /// Forgets a key that its holder could not complete.
    static func abandon(_ request: IdempotencyRequest, lock: IdempotencyLock) -> SQL {
        """
        DELETE FROM idempotency_keys
        WHERE caller_id = \(request.callerID) AND key = \(request.key) AND lock_id = \(lock.id)
        """
    }

    /// Removes keys that have expired, at most `rowsMax`; index `idempotency_keys_by_expiry`.
    static func deleteExpired(at time: Date, rowsMax: Int) -> SQL {
        """
        DELETE FROM idempotency_keys
        WHERE (caller_id, key) IN (
            SELECT caller_id, key
            FROM idempotency_keys
            WHERE expires_at <= \(time)
            ORDER BY expires_at, caller_id, key
            LIMIT \(rowsMax)
            FOR UPDATE SKIP LOCKED
        )
        """
    }
}

/// What a running request holds its key with.
struct IdempotencyLock: Sendable, Hashable {
    let id: UUID
    let until: Date
}

extension StoredResponse {
    fileprivate var headersJSON: JSONValue {
        .array(headers.map { ["name": .string($0.name), "value": .string($0.value)] })
    }

    /// Reads a completed key; nil for one that is in progress.
    init?(row: PostgresRow) throws {
        guard let status = try row.decode("status", as: Int?.self) else { return nil }
        let headers: JSONValue = try row.decode("headers")
        self.init(
            status: status,
            headers: (headers.array ?? []).compactMap { header in
                guard let name = header["name"]?.string, let value = header["value"]?.string else { return nil }
                return Header(name: name, value: value)
            },
            body: try row.decode("body")
        )
    }
}
