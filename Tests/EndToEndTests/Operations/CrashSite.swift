import Foundation
import JSON
import Postgres
import Testing

/// A site whose database holds servers still at a step boundary and keeps a record of what must not happen.
struct CrashSite {
    let site: Site

    /// One vcluster of the site; the id is empty until it was created.
    struct Subject {
        let name: String
        var id = ""
    }

    /// Puts the triggers into the database.
    func arm() async throws {
        let statements: [SQL] = [
            // The boundary to stop at, and on which side.
            "CREATE TABLE crash_plan (position integer NOT NULL, side text NOT NULL)",
            "CREATE TABLE crash_setbacks (operation uuid NOT NULL, what text NOT NULL)",
            "CREATE TABLE crash_inserts (namespace text NOT NULL)",
            """
            CREATE FUNCTION crash_boundary() RETURNS trigger LANGUAGE plpgsql AS $$
            DECLARE plan crash_plan;
            BEGIN
                IF OLD.finished_at IS NOT NULL THEN
                    INSERT INTO crash_setbacks VALUES (NEW.operation_id, 'step ' || NEW.name || ' began again');
                END IF;
                SELECT * INTO plan FROM crash_plan WHERE position = NEW.position AND NEW.state = 'succeeded';
                IF plan.side = 'beforeCommit' THEN
                    PERFORM pg_sleep(120);
                ELSIF plan.side = 'afterCommit' THEN
                    PERFORM pg_notify('crash_boundary', NEW.operation_id::text);
                END IF;
                RETURN NEW;
            END $$
            """,
            """
            CREATE TRIGGER crash_boundary BEFORE UPDATE OF state ON operation_steps
            FOR EACH ROW EXECUTE FUNCTION crash_boundary()
            """,
            """
            CREATE FUNCTION crash_setback() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                INSERT INTO crash_setbacks VALUES (NEW.id, OLD.progress || ' % became ' || NEW.progress);
                RETURN NEW;
            END $$
            """,
            """
            CREATE TRIGGER crash_setback BEFORE UPDATE ON operations
            FOR EACH ROW WHEN (NEW.progress < OLD.progress) EXECUTE FUNCTION crash_setback()
            """,
            """
            CREATE FUNCTION crash_insert() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                INSERT INTO crash_inserts VALUES (NEW.namespace);
                RETURN NEW;
            END $$
            """,
            """
            CREATE TRIGGER crash_insert AFTER INSERT ON simulated_releases
            FOR EACH ROW EXECUTE FUNCTION crash_insert()
            """,
        ]
        for statement in statements { try await site.database.execute(statement) }
    }

    /// Makes what the change is about: for a create only names, otherwise running vclusters.
    func prepare(_ change: CrashRecoveryTests.Change, count: Int, on server: PortalProcess) async throws -> [Subject] {
        var subjects = (0..<count).map { Subject(name: "crash-\($0)") }
        guard change != .create else { return subjects }
        let client = site.member(of: server)
        for index in subjects.indices {
            let answer = try await client.create(subjects[index].name, at: site)
            subjects[index].id = try #require(answer["vcluster"]?["id"]?.string)
        }
        try await site.poll("the vclusters to work on") {
            let row = try await site.row("SELECT count(*) AS count FROM vclusters WHERE phase <> 'RUNNING'")
            return try row.decode("count", as: Int64.self) == 0 ? true : nil
        }
        return subjects
    }

    /// Asks for the change.
    func begin(
        _ change: CrashRecoveryTests.Change,
        of subject: Subject,
        on server: PortalProcess
    ) async throws -> UUID {
        let client = site.member(of: server)
        let path = "/api/v1/vclusters/\(subject.id)"
        let answer =
            switch change {
            case .create: try await client.create(subject.name, at: site)
            case .suspend: try await client.post(path + "/suspend")
            case .delete: try await client.delete(path)
            case .purge: try await client.delete(path + "?gracePeriodSeconds=0")
            }
        return try #require(answer["operation"]?["id"]?.string.flatMap { UUID(uuidString: $0) }, "\(answer)")
    }

    /// Lets `begin` start an operation and kills the server on a side of a boundary of it.
    func kill(
        _ server: PortalProcess,
        at boundary: Int,
        _ side: CrashRecoveryTests.Side,
        begin: () async throws -> UUID
    ) async throws -> UUID {
        try await site.database.execute("DELETE FROM crash_plan")
        try await site.database.execute("INSERT INTO crash_plan VALUES (\(boundary), \(side.rawValue))")
        defer { server.process.kill() }
        let operation: UUID
        switch side {
        case .beforeCommit: operation = try await killBeforeCommit(server, begin)
        case .afterCommit: operation = try await killAfterCommit(server, begin)
        }
        try await site.database.execute("DELETE FROM crash_plan")
        return operation
    }

    /// Kills the server while it is inside the transaction that notes the end of the step.
    private func killBeforeCommit(_ server: PortalProcess, _ begin: () async throws -> UUID) async throws -> UUID {
        let operation = try await begin()
        let backend = try await site.poll("the server to be at the boundary") {
            let rows = try await site.database.query(
                """
                SELECT pid FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event = 'PgSleep'
                LIMIT 1
                """
            )
            return try rows.first?.decode("pid", as: Int32.self)
        }
        server.process.kill()
        try await server.process.waitUntilEnd()
        // What a database does by itself once it finds the connection closed; here it sleeps too soundly.
        try await site.database.query("SELECT pg_terminate_backend(\(backend))")
        return operation
    }

    /// Kills the server as soon as the end of the step is committed.
    private func killAfterCommit(_ server: PortalProcess, _ begin: () async throws -> UUID) async throws -> UUID {
        var messages = site.database.listen(to: ["crash_boundary"]).makeAsyncIterator()
        // The first item says that the connection listens.
        _ = await messages.next()
        let operation = try await begin()
        _ = await messages.next()
        server.process.kill()
        try await server.process.waitUntilEnd()
        return operation
    }

    /// Waits for the success of an operation.
    func waitForEnd(of operation: UUID) async throws {
        let state: String = try await site.poll("the end of the operation") {
            let row = try await site.row("SELECT state, finished_at FROM operations WHERE id = \(operation)")
            return try row.decode("finished_at", as: Date?.self) == nil ? nil : row.decode("state")
        }
        #expect(state == "succeeded")
    }

    /// The operation is done, once: one vcluster, at most one release, and nothing went backwards on the way.
    func expectDoneOnce(
        _ operation: UUID,
        _ change: CrashRecoveryTests.Change,
        of name: String,
        _ label: Comment
    ) async throws {
        let row = try await site.row(
            """
            SELECT v.phase, o.progress, o.attempt,
                (SELECT count(*) FROM vclusters WHERE name = \(name)) AS vclusters,
                (SELECT count(*) FROM operations WHERE vcluster_id = v.id AND verb = o.verb) AS operations,
                (SELECT count(*) FROM simulated_releases WHERE vcluster_id = v.id) AS releases,
                (SELECT coalesce(max(install_count), 0) FROM simulated_releases WHERE vcluster_id = v.id) AS installs,
                (SELECT count(*) FROM crash_inserts WHERE namespace = v.namespace) AS inserts,
                (SELECT coalesce(max(attempt), 1) FROM operation_steps
                    WHERE operation_id = o.id AND name = 'install') AS install_attempts,
                (SELECT count(*) FROM vcluster_events
                    WHERE operation_id = o.id AND reason = \(change.doneReason)) AS events,
                (SELECT coalesce(string_agg(what, ', '), '') FROM crash_setbacks WHERE operation = o.id) AS setbacks
            FROM operations AS o JOIN vclusters AS v ON v.id = o.vcluster_id
            WHERE o.id = \(operation)
            """
        )
        func count(_ column: String) throws -> Int64 { try row.decode(column) }
        #expect(try row.decode("phase", as: String.self) == change.finalPhase, label)
        #expect(try row.decode("progress", as: Int16.self) == 100, label)
        #expect(try row.decode("setbacks", as: String.self) == "", label)
        #expect(try count("vclusters") == 1, label)
        #expect(try count("operations") == 1, label)
        #expect(try count("releases") == (change == .purge ? 0 : 1), label)
        #expect(try count("inserts") == 1, label)
        #expect(try count("events") == 1, label)
        // An install that was under way at the kill runs again, as an upgrade of the same release; no other does.
        let installs: Int = try row.decode("installs")
        let attempts: Int = try row.decode("install_attempts")
        #expect(installs <= attempts, label)
    }
}
