import HTTPCore
import JSON
import Portal
import PortalTesting
import Postgres
import Testing

struct IdempotencyAPITests {
    @Test func repeatedKey_givesTheFirstAnswer() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .member)
            let tenant = JSONValue.string(portal.organization.payments.id.description)
            let body: JSONValue = ["tenantId": tenant, "name": "once"]

            let first = try await client.post("/api/v1/vclusters", body, headers: ["Idempotency-Key": "k-1"])
            let second = try await client.post("/api/v1/vclusters", body, headers: ["Idempotency-Key": "k-1"])
            let other = try await client.post(
                "/api/v1/vclusters",
                ["tenantId": tenant, "name": "twice"],
                headers: ["Idempotency-Key": "k-1"]
            )

            #expect(first.status == 202 && second.status == 202)
            #expect(second.body == first.body)
            #expect(second.headers["Location"] == first.headers["Location"])
            #expect(second.headers["ETag"] == first.headers["ETag"])
            #expect(first.headers["Idempotency-Replayed"] == nil)
            #expect(second.headers["Idempotency-Replayed"] == "true")
            #expect(other.status == 422 && other.json["code"] == "UNPROCESSABLE")
            let list = try await client.get("/api/v1/vclusters").json
            #expect(list["items"]?.array?.count == 1)
        }
    }

    /// A fast hash of a body with a password in it would be one of the password.
    @Test func passwords_areInNoStoredHash() async throws {
        try await withPortal { portal in
            let client = try await portal.client(as: .admin)
            func create(_ password: String) async throws -> TestResponse {
                try await client.post(
                    "/api/v1/users",
                    ["email": "mei@acme.example", "name": "Mei", "password": .string(password)],
                    headers: ["Idempotency-Key": "new"]
                )
            }

            let first = try await create("nine quiet rivers")
            let again = try await create("eleven loud trains")

            #expect(first.status == 201 && again.status == 201, "it is the same request but for the password")
            #expect(again.headers["Idempotency-Replayed"] == "true")
            let browser = try await portal.browser(as: .admin)
            let signIn = try await browser.post(
                "/api/v1/auth/login",
                ["email": "mei@acme.example", "password": "nine quiet rivers"],
                headers: ["Idempotency-Key": "sign-in"]
            )
            #expect(signIn.status == 200)
            let keys = try await portal.database.query("SELECT key FROM idempotency_keys")
            #expect(try keys.map { try $0.decode("key", as: String.self) } == ["new"])
        }
    }

    @Test func concurrentRequests_runOnce() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .member)
            let tenant = JSONValue.string(portal.organization.payments.id.description)

            let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        try await client.post(
                            "/api/v1/vclusters",
                            ["tenantId": tenant, "name": "once"],
                            headers: ["Idempotency-Key": "same"]
                        ).status
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }

            #expect(statuses.allSatisfy { $0 == 202 || $0 == 409 }, "\(statuses)")
            #expect(try await client.get("/api/v1/vclusters").json["items"]?.array?.count == 1)
        }
    }

    @Test func keysOfOthers_doNotMeet() async throws {
        try await withPortal { portal in
            let parent = JSONValue.string(portal.organization.engineering.id.description)
            let manager = try await portal.checked(as: .manager)
            let admin = try await portal.checked(as: .admin)

            let first = try await manager.post(
                "/api/v1/tenants",
                ["name": "One", "parentId": parent],
                headers: ["Idempotency-Key": "k"]
            )
            let second = try await admin.post(
                "/api/v1/tenants",
                ["name": "Two", "parentId": parent],
                headers: ["Idempotency-Key": "k"]
            )

            #expect(first.status == 201 && second.status == 201)
        }
    }

    @Test func refusals_leaveTheKeyFree() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .manager)
            let parent = JSONValue.string(portal.organization.engineering.id.description)
            let key: HTTPHeaders = ["Idempotency-Key": "k"]

            let wrong = try await client.post("/api/v1/tenants", ["parentId": parent], headers: key)
            let right = try await client.post("/api/v1/tenants", ["name": "One", "parentId": parent], headers: key)

            #expect(wrong.status == 400)
            #expect(right.status == 201)
        }
    }

    @Test func keys_areChecked() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .member)
            for key in ["", "a b", String(repeating: "k", count: 256), "ümlaut"] {
                let response = try await client.post("/api/v1/tokens", ["name": "x"], headers: ["Idempotency-Key": key])

                #expect(response.status == 400, "\(key)")
                #expect(response.errorFields == ["Idempotency-Key"], "\(key)")
            }
        }
    }

    @Test func replayedToken_hasNoSecret() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .member)
            let key: HTTPHeaders = ["Idempotency-Key": "k"]

            let first = try await client.post("/api/v1/tokens", ["name": "ci"], headers: key)
            let second = try await client.post("/api/v1/tokens", ["name": "ci"], headers: key)

            #expect(first.json["token"]?.string != nil)
            #expect(second.status == 201)
            #expect(second.json["token"] == .null)
            #expect(second.json["id"] == first.json["id"])
        }
    }
}
