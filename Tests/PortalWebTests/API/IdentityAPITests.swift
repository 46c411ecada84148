import HTTPCore
import JSON
import Portal
import PortalTesting
import Testing

struct IdentityAPITests {
    @Test func login_givesATokenAndACookie() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: nil)
            let credentials: JSONValue = [
                "email": "member@acme.example", "password": .string(TestOrganization.password),
            ]

            let response = try await client.post("/api/v1/auth/login", credentials)

            #expect(response.status == 200)
            let token = try #require(response.json["token"]?.string)
            let cookie = try #require(response.headers["Set-Cookie"])
            #expect(cookie.hasPrefix("portal_session=\(token);"))
            #expect(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && !cookie.contains("Secure"))
            let me = try await client.get("/api/v1/me", headers: ["Authorization": "Bearer \(token)"])
            #expect(me.json["user"]?["email"] == "member@acme.example")
        }
    }

    @Test func login_marksTheCookieSecureBehindHTTPS() async throws {
        var options = TestPortalOptions()
        options.publicURL = "https://portal.example"
        try await withPortal(options) { portal in
            let response = try await portal.client().post(
                "/api/v1/auth/login",
                ["email": "member@acme.example", "password": .string(TestOrganization.password)]
            )

            #expect(response.headers["Set-Cookie"]?.contains("Secure") == true)
            #expect(response.headers["Strict-Transport-Security"] != nil)
        }
    }

    @Test func login_saysTheSameOfUnknownEmailAndWrongPassword() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: nil)

            let unknown = try await client.post(
                "/api/v1/auth/login",
                ["email": "x@acme.example", "password": "long enough 1"]
            )
            let wrong = try await client.post(
                "/api/v1/auth/login",
                ["email": "member@acme.example", "password": "long enough 1"]
            )

            #expect(unknown.status == 401 && wrong.status == 401)
            #expect(unknown.json["detail"] == wrong.json["detail"])
            #expect(wrong.headers["WWW-Authenticate"] != nil)
        }
    }

    @Test func login_limitsAttempts() async throws {
        var options = TestPortalOptions()
        options.portalLimits.identity.signInsPerPairMax = 2
        try await withPortal(options) { portal in
            let client = try await portal.checked(as: nil)
            let wrong: JSONValue = ["email": "member@acme.example", "password": "long enough 1"]

            _ = try await client.post("/api/v1/auth/login", wrong)
            _ = try await client.post("/api/v1/auth/login", wrong)
            let third = try await client.post("/api/v1/auth/login", wrong)

            #expect(third.status == 429)
            #expect(third.json["code"] == "RATE_LIMITED")
            #expect(third.headers["Retry-After"].flatMap { Int($0) } ?? 0 > 0)
        }
    }

    @Test func logout_endsTheSession() async throws {
        try await withPortal { portal in
            let browser = try await portal.browser(as: .member)

            let response = try await browser.post("/api/v1/auth/logout")

            #expect(response.status == 204)
            #expect(response.headers["Set-Cookie"]?.contains("Max-Age=0") == true)
            #expect(try await browser.get("/api/v1/me").status == 401)
        }
    }

    @Test func logout_refusesAPITokens() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .member)

            #expect(try await client.post("/api/v1/auth/logout").status == 403)
        }
    }

    @Test func me_tellsRolesAndCredential() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .member)

            let me = try await client.get("/api/v1/me").json

            #expect(me["credential"] == "token")
            #expect(me["csrfToken"] == .null)
            #expect(me["roles"]?[0]?["role"] == "member")
            #expect(me["roles"]?[0]?["tenantName"] == "Payments")
            var browser = try await portal.browser(as: .member)
            let seen = try await browser.get("/api/v1/me").json
            #expect(seen["credential"] == "session")
            let again = try await browser.get("/api/v1/me").json
            #expect(
                seen["csrfToken"] != again["csrfToken"],
                "a token that stays could be guessed from compressed pages"
            )
            browser.headers.set("X-CSRF-Token", seen["csrfToken"]?.string ?? "")
            #expect(try await browser.patch("/api/v1/me", ["theme": "dark"]).status == 200)
        }
    }

    @Test func updateMe_changesOnlyWhatIsSent() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .member)

            let dark = try await client.patch("/api/v1/me", ["theme": "dark", "locale": "zh-Hans"]).json
            let plain = try await client.patch("/api/v1/me", ["locale": nil, "timeZone": "Asia/Shanghai"]).json

            #expect(dark["user"]?["locale"] == "zh-Hans")
            #expect(plain["user"]?["locale"] == .null)
            #expect(plain["user"]?["theme"] == "dark")
            #expect(plain["user"]?["timeZone"] == "Asia/Shanghai")
            let wrong = try await client.patch("/api/v1/me", ["theme": "pink", "timeZone": "Mars", "shoe": 1])
            #expect(wrong.status == 400)
            #expect(wrong.errorFields == ["theme", "shoe"])
        }
    }

    @Test func tokens_areShownOnce() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .member)

            let created = try await client.post("/api/v1/tokens", ["name": "ci"])

            let secret = try #require(created.json["token"]?.string)
            let id = try #require(created.json["id"]?.string)
            #expect(created.status == 201)
            #expect(created.headers["Location"] == "/api/v1/tokens/\(id)")
            let list = try await client.get("/api/v1/tokens")
            #expect(!list.text.contains(secret))
            let own = try await client.get("/api/v1/me", headers: ["Authorization": "Bearer \(secret)"])
            #expect(own.status == 200)
            #expect(try await client.delete("/api/v1/tokens/\(id)").status == 204)
            let gone = try await client.get("/api/v1/me", headers: ["Authorization": "Bearer \(secret)"])
            #expect(gone.status == 401)
        }
    }

    @Test func tokens_ofOthersDoNotExist() async throws {
        try await withPortal { portal in
            let member = try await portal.checked(as: .member)
            let admin = try await portal.checked(as: .admin)
            let id = try #require(try await member.post("/api/v1/tokens", ["name": "ci"]).json["id"]?.string)

            let manager = try await portal.checked(as: .manager)

            #expect(try await manager.delete("/api/v1/tokens/\(id)").status == 404)
            #expect(try await member.delete("/api/v1/tokens/not-an-id").status == 404)
            #expect(try await admin.delete("/api/v1/tokens/\(id)").status == 204, "admins can end any token")
        }
    }
}
