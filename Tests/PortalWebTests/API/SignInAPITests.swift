import HTTPCore
import JSON
import Portal
import PortalTesting
import Testing

struct SignInAPITests {
    private func login(_ client: CheckedClient, _ password: String) async throws -> TestResponse {
        try await client.post("/api/v1/auth/login", ["email": "member@acme.example", "password": .string(password)])
    }

    @Test func login_tellsFailuresAndNoticesKeepThem() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: nil)
            _ = try await login(client, "a wrong password")

            let first = try await login(client, TestOrganization.password)
            let second = try await login(client, TestOrganization.password)
            let token = try #require(first.json["token"]?.string)
            let notices = try await client.get("/api/v1/me/notices", headers: ["Authorization": "Bearer \(token)"])

            #expect(first.json["failedSignIns"]?["count"] == 1)
            #expect(first.json["failedSignIns"]?["addresses"] == ["127.0.0.1"])
            #expect(second.json["failedSignIns"] == .null)
            #expect(notices.json["items"]?[0]?["failedSignIns"]?["count"] == 1)
            #expect(notices.json["items"]?[0]?["seenAt"] == .null)
        }
    }

    @Test func lockOut_isEndedByAnAdministrator() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: nil)
            for _ in 0..<5 { _ = try await login(client, "a wrong password") }
            let locked = try await login(client, TestOrganization.password)
            let path = "/api/v1/users/\(portal.organization.member.user.id)/unlock"

            let refused = try await portal.checked(as: .manager).post(path)
            let unlocked = try await portal.checked(as: .admin).post(path)
            let missing = try await portal.checked(as: .admin).post("/api/v1/users/\(UserID())/unlock")
            let after = try await login(client, TestOrganization.password)

            #expect(locked.status == 429)
            #expect(locked.json["lockedUntil"]?.string != nil)
            #expect(refused.status == 404)
            #expect(unlocked.status == 204)
            #expect(missing.status == 404)
            #expect(after.status == 200)
            #expect(after.json["failedSignIns"]?["refused"] == 1)
        }
    }

    @Test func password_isChangedBySessionsOnly() async throws {
        try await withPortal { portal in
            let body: JSONValue = [
                "currentPassword": .string(TestOrganization.password), "newPassword": "nine quiet rivers",
            ]
            let token = try await portal.checked(as: .member).post("/api/v1/me/password", body)
            let browser = try await portal.browser(as: .member)
            let weak = try await browser.post(
                "/api/v1/me/password",
                ["currentPassword": .string(TestOrganization.password), "newPassword": "passwordpassword"]
            )
            let changed = try await browser.post("/api/v1/me/password", body)
            let wrong = try await browser.post(
                "/api/v1/me/password",
                ["currentPassword": "a wrong password", "newPassword": "eleven loud trains"]
            )

            #expect(token.status == 403)
            #expect(wrong.json["errors"]?[0]?["code"] == "PASSWORD_WRONG")
            #expect(weak.status == 400)
            #expect(weak.json["errors"]?[0]?["code"] == "PASSWORD_GUESSABLE")
            #expect(changed.status == 204)
        }
    }
}
