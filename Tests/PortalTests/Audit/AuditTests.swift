import JSON
@testable import Portal
import PortalTesting
import Postgres
import Testing

struct AuditTests {
    private let time = ManualTime()
    private let system = Caller.system("test")

    private func record(_ count: Int, object id: String = "thing", in database: PostgresDatabase) async throws {
        for number in 0..<count {
            let object = AuditObject(kind: "thing", id: id, name: "Thing", tenantPath: nil)
            let entry = AuditEntry(.vclusterUpdate, of: object, after: ["number": .number(JSONNumber(number))])
            let (caller, now) = (system, time.now())
            try await database.transaction { try await AuditLog.record(entry, by: caller, at: now, in: $0) }
        }
    }

    @Test func record_keepsEveryField() async throws {
        try await withDatabase { database in
            let team = Tenant.make(name: "Payments", below: Tenant.make().path)
            var caller = Caller.make(.make(), [(.member, team)])
            caller.requestID = "req-1"
            let entry = AuditEntry(
                .vclusterSuspend,
                of: AuditObject(kind: "vcluster", id: "abc", name: "web \"1\" ünï", tenantPath: team.path),
                before: ["phase": "RUNNING", "order": [3, 1, 2]],
                after: ["phase": "SUSPENDING", "price": 1.10],
                result: .failed
            )
            let (by, now) = (caller, time.now())
            try await database.transaction { try await AuditLog.record(entry, by: by, at: now, in: $0) }

            let event = try #require(try await AuditService(database: database).list(as: system).items.first)
            #expect(event.at == now)
            #expect(event.actorID == caller.user.id)
            #expect(event.actorName == "ada@example.com")
            #expect(event.credential.hasPrefix("session:"))
            #expect(event.verb == "vcluster.suspend")
            #expect(event.object == entry.object)
            #expect(event.before == entry.before?.encodedString())
            #expect(event.after == entry.after?.encodedString())
            #expect(event.requestID == "req-1")
            #expect(event.result == .failed)
            #expect(event.sequence == 1)
            #expect(event.json["after"]?["phase"] == "SUSPENDING")
        }
    }

    @Test func record_leavesOutDocumentsThatAreTooLarge() async throws {
        try await withDatabase { database in
            let large = JSONValue.string(String(repeating: "x", count: 40_000))
            let entry = AuditEntry(
                .vclusterUpdate,
                of: AuditObject(kind: "t", id: "t", name: "", tenantPath: nil),
                after: large
            )
            let (caller, now) = (system, time.now())
            try await database.transaction { try await AuditLog.record(entry, by: caller, at: now, in: $0) }

            let event = try #require(try await AuditService(database: database).list(as: system).items.first)
            #expect(event.json["after"]?["omitted"] == "too large")
        }
    }

    @Test func table_refusesChanges() async throws {
        try await withDatabase { database in
            try await record(1, in: database)

            for statement: SQL in [
                "UPDATE audit_events SET verb = 'x'", "DELETE FROM audit_events", "TRUNCATE audit_events",
            ] {
                let error = await #expect(throws: PostgresError.self) { try await database.execute(statement) }
                #expect(error?.sqlState == .insufficientPrivilege)
            }
            #expect(try await AuditService(database: database).list(as: system).items.count == 1)
        }
    }

    @Test func chains_areIntactUnderConcurrency() async throws {
        try await withDatabase { database in
            let service = AuditService(database: database)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<8 {
                    group.addTask { try await record(10, object: "object \(writer % 3)", in: database) }
                }
                try await group.waitForAll()
            }

            var rows: Int64 = 0
            for chain in 0..<PortalLimits.Audit.chainCount {
                let verification = try await service.verify(chain: chain, as: system)
                #expect(verification.isIntact, "\(verification)")
                rows += verification.rows
            }
            #expect(rows == 80)
        }
    }

    @Test func record_ofSeveralObjectsIsOneTransaction() async throws {
        try await withDatabase { database in
            let entries = (0..<20).map { number in
                AuditEntry(.vclusterUpdate, of: AuditObject(kind: "t", id: "\(number)", name: "", tenantPath: nil))
            }
            let (caller, now) = (system, time.now())
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<4 {
                    group.addTask {
                        try await database.transaction { transaction in
                            try await AuditLog.record(entries.shuffled(), by: caller, at: now, in: transaction)
                        }
                    }
                }
                try await group.waitForAll()
            }

            let service = AuditService(database: database)
            #expect(try await service.list(AuditFilter(), try PageRequest(size: 200), as: system).items.count == 80)
            for chain in 0..<PortalLimits.Audit.chainCount {
                #expect(try await service.verify(chain: chain, as: system).isIntact)
            }
        }
    }

    @Test(arguments: [
        ("UPDATE audit_events SET after = '{}' WHERE sequence = 3", 3, AuditVerification.Problem.contentChanged),
        ("UPDATE audit_events SET at = at + interval '1 second' WHERE sequence = 1", 1, .contentChanged),
        ("UPDATE audit_events SET actor_name = 'eve' WHERE sequence = 5", 5, .contentChanged),
        ("DELETE FROM audit_events WHERE sequence = 2", 2, .rowMissing),
        ("DELETE FROM audit_events WHERE sequence = 7", 7, .rowMissing),
        ("UPDATE audit_events SET hash = sha256('x') WHERE sequence = 4", 4, .contentChanged),
        ("UPDATE audit_events SET previous_hash = sha256('x') WHERE sequence = 4", 4, .predecessorChanged),
    ])
    func verify_findsWhatASuperuserChanged(
        statement: String,
        sequence: Int,
        problem: AuditVerification.Problem
    ) async throws {
        try await withDatabase { database in
            try await record(7, in: database)
            let chain = AuditContent.chain(ofObject: "thing")
            var limits = PortalLimits()
            limits.audit.verifyBatch = 2
            let service = AuditService(database: database, limits: limits)
            #expect(try await service.verify(chain: chain, as: system) == .init(chain: chain, rows: 7, broken: nil))

            try await database.execute("ALTER TABLE audit_events DISABLE TRIGGER USER")
            try await database.execute(SQL(stringLiteral: statement))

            let verification = try await service.verify(chain: chain, as: system)
            #expect(verification.broken == .init(sequence: Int64(sequence), problem: problem))
            #expect(verification.rows == Int64(sequence) - 1)
        }
    }

    @Test func list_isNarrowedToTheCallersSubtree() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database, time: time)
            let service = AuditService(database: database)

            for caller in [acme.manager, acme.member, acme.viewer, acme.nobody] {
                let error = await #expect(throws: PortalError.self) { try await service.list(as: caller) }
                #expect(error?.code == .forbidden)
            }
            let everything = try await service.list(as: acme.auditor).items
            #expect(everything.contains { $0.verb == "user.create" })
            let teamAuditor = Caller.make(acme.nobody.user, [(.auditor, acme.engineering)])
            let visible = try await service.list(as: teamAuditor).items
            #expect(!visible.isEmpty)
            #expect(visible.allSatisfy { $0.object.tenantPath?.contains(acme.engineering.id) == true })
            let error = await #expect(throws: PortalError.self) { try await service.verify(chain: 0, as: teamAuditor) }
            #expect(error?.code == .forbidden)
        }
    }

    @Test func list_filtersAndPages() async throws {
        try await withDatabase { database in
            let start = time.now()
            for number in 0..<5 {
                try await record(1, object: "object \(number)", in: database)
                time.advance(by: .seconds(1))
            }
            let service = AuditService(database: database)

            var ids: [String] = []
            var token: String?
            repeat {
                let page = try await service.list(AuditFilter(), try PageRequest(size: 2, token: token), as: system)
                ids += page.items.map(\.object.id)
                token = page.nextPageToken
            } while token != nil
            #expect(ids == (0..<5).reversed().map { "object \($0)" })

            var filter = AuditFilter()
            filter.from = start.advanced(by: .seconds(1))
            filter.to = start.advanced(by: .seconds(3))
            #expect(try await service.list(filter, as: system).items.map(\.object.id) == ["object 2", "object 1"])
            filter.objectID = "object 2"
            filter.objectKind = "thing"
            filter.verb = "vcluster.update"
            #expect(try await service.list(filter, as: system).items.count == 1)
            filter.actorID = UserID()
            #expect(try await service.list(filter, as: system).items.isEmpty)
        }
    }
}
