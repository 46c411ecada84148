@testable import Portal
import PortalTesting
import Postgres
import Testing

struct IdempotencyTests {
    private let time = ManualTime()
    private let caller = UserID()
    private let created = StoredResponse(
        status: 201,
        headers: [.init(name: "Location", value: "/api/v1/tenants/1")],
        body: [0, 1, 255]
    )

    private func request(
        _ key: String = "key-1",
        body: String = "{}",
        caller: UserID? = nil
    ) throws -> IdempotencyRequest {
        try IdempotencyRequest(
            callerID: caller ?? self.caller,
            key: key,
            method: "POST",
            path: "/api/v1/tenants",
            body: Array(body.utf8)
        )
    }

    private func ticket(_ decision: IdempotencyService.Decision) throws -> IdempotencyService.Ticket {
        guard case .proceed(let ticket) = decision else { throw PortalError(.internal, "expected to proceed") }
        return ticket
    }

    @Test func repetition_getsTheFirstResponse() async throws {
        try await withDatabase { database in
            let service = IdempotencyService(database: database, time: time)
            try await service.complete(try ticket(try await service.begin(request())), with: created)

            guard case .replay(let response) = try await service.begin(request()) else {
                Issue.record("the request would run again")
                return
            }
            #expect(response == created)
            _ = try ticket(try await service.begin(request("key-2")))
            _ = try ticket(try await service.begin(request(caller: UserID())))
        }
    }

    @Test func otherRequest_underTheSameKeyIsRefused() async throws {
        try await withDatabase { database in
            let service = IdempotencyService(database: database, time: time)
            let first = try ticket(try await service.begin(request()))

            let running = await #expect(throws: PortalError.self) { try await service.begin(request(body: "[]")) }
            try await service.complete(first, with: created)
            let completed = await #expect(throws: PortalError.self) { try await service.begin(request(body: "[]")) }

            #expect(running?.code == .unprocessable)
            #expect(completed?.code == .unprocessable)
        }
    }

    @Test func concurrentRequests_runOnce() async throws {
        try await withDatabase { database in
            let service = IdempotencyService(database: database, time: time)
            let request = try request()

            let outcomes = await withTaskGroup(of: String.self) { group in
                for _ in 0..<10 {
                    group.addTask {
                        do {
                            if case .proceed = try await service.begin(request) { return "proceed" }
                            return "replay"
                        } catch { return (error as? PortalError)?.code.rawValue ?? "\(error)" }
                    }
                }
                return await group.reduce(into: [String]()) { $0.append($1) }
            }

            #expect(outcomes.filter { $0 == "proceed" }.count == 1)
            #expect(outcomes.filter { $0 == "CONFLICT" }.count == 9)
        }
    }

    @Test func lock_ofADeadRequestIsTakenOver() async throws {
        try await withDatabase { database in
            let service = IdempotencyService(database: database, time: time)
            let dead = try ticket(try await service.begin(request()))
            time.advance(by: .seconds(61))

            let heir = try ticket(try await service.begin(request()))
            try await service.complete(dead, with: StoredResponse(status: 200, headers: [], body: []))
            try await service.complete(heir, with: created)

            guard case .replay(let response) = try await service.begin(request()) else {
                Issue.record("the request would run again")
                return
            }
            #expect(response == created, "the one that lost its lock has no say")
        }
    }

    @Test func refusals_areForgottenAndLargeBodiesLeftOut() async throws {
        try await withDatabase { database in
            var limits = PortalLimits()
            limits.idempotency.responseBytesMax = 2
            let service = IdempotencyService(database: database, time: time, limits: limits)

            for status in [400, 409, 500] {
                let refused = StoredResponse(status: status, headers: [], body: [])
                try await service.complete(try ticket(try await service.begin(request())), with: refused)
            }
            try await service.complete(try ticket(try await service.begin(request())), with: created)

            guard case .replay(let response) = try await service.begin(request()) else {
                Issue.record("the request would run again")
                return
            }
            #expect(response == StoredResponse(status: 201, headers: created.headers, body: []))
        }
    }

    @Test func sweep_removesExpiredKeysInBatches() async throws {
        try await withDatabase { database in
            var limits = PortalLimits()
            limits.idempotency.sweepBatch = 2
            let service = IdempotencyService(database: database, time: time, limits: limits)
            for number in 0..<3 { _ = try await service.begin(request("key-\(number)")) }
            #expect(try await service.sweep() == 0)

            time.advance(by: .seconds(24 * 3600))
            #expect(try await service.sweep() == 2)
            #expect(try await service.sweep() == 1)
            _ = try ticket(try await service.begin(request("key-0", body: "other")))
        }
    }

    @Test(arguments: ["", " ", "a b", "ü", "a\u{7F}", String(repeating: "k", count: 256)])
    func key_hasToBeShortAndPrintable(key: String) {
        let error = #expect(throws: PortalError.self) { try request(key) }
        #expect(error?.fields.map(\.field) == ["Idempotency-Key"])
    }

    @Test func hash_coversMethodPathAndBody() throws {
        func hash(_ method: String, _ path: String, _ body: String, by token: TokenID? = nil) throws -> [UInt8] {
            try IdempotencyRequest(
                callerID: caller,
                tokenID: token,
                key: "k",
                method: method,
                path: path,
                body: Array(body.utf8)
            ).hash
        }
        let hashes = [
            try hash("POST", "/a", "b"), try hash("PUT", "/a", "b"), try hash("POST", "/b", "b"),
            try hash("POST", "/a", "c"),
            try hash("POST", "/ab", ""), try hash("POST", "/a", ""), try hash("POST", "/a", "b", by: TokenID()),
            try hash("POST", "/a", "b", by: TokenID()),
        ]
        #expect(Set(hashes).count == hashes.count)
    }
}
