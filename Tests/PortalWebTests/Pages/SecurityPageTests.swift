import EventLoop
import HTTPCore
import HTTPServer
import Portal
import PortalTesting
import Testing

@testable import PortalWeb

struct SecurityPageTests {
    private static let html: HTTPHeaders = ["Accept": "text/html"]

    private func wrongSignIn(_ portal: TestPortal) async throws -> TestResponse {
        let form = [("email", TestPersona.member.email), ("password", "a wrong password")]
        return try await portal.client().submit("/login", form: form)
    }

    @Test func signIn_leadsToWhatFailedBeforeAndThenOn() async throws {
        try await withPortal { portal in
            for _ in 0..<2 { _ = try await wrongSignIn(portal) }
            let answer = try await portal.client().submit(
                "/login",
                form: [
                    ("email", TestPersona.member.email), ("password", TestOrganization.password),
                    ("next", "/vclusters?q=pay"),
                ]
            )
            let target = try #require(answer.headers["Location"])
            let cookie = try #require(answer.headers["Set-Cookie"]).prefix { $0 != ";" }
            let headers: HTTPHeaders = ["Cookie": String(cookie), "Accept": "text/html"]

            let page = Browser.Page(try await portal.client().get(target, headers: headers))
            let upTo = try #require(page.html.firstMatch(of: /name="upTo" value="([^"]+)"/)).output.1
            let confirmed = try await portal.client().submit(
                "/account/security/seen",
                form: [("upTo", String(upTo)), ("next", "/vclusters?q=pay"), ("csrf", page.csrf)],
                headers: headers
            )
            let after = try await portal.client().get("/account/security", headers: headers)

            #expect(target == "/account/security?next=%2Fvclusters%3Fq%3Dpay")
            #expect(page.html.contains("2 failed sign-ins since"))
            #expect(page.html.contains("127.0.0.1"))
            #expect(confirmed.headers["Location"] == "/vclusters?q=pay")
            #expect(!after.text.contains("name=\"upTo\""))
            #expect(after.text.contains("2 failed sign-ins since"), "it stays to be read again")
        }
    }

    @Test func sessions_areEndedByTheirButtons() async throws {
        try await withPortal { portal in
            let (here, there) = (try await Browser(portal, as: .member), try await Browser(portal, as: .member))
            _ = try await Browser(portal, as: .member)

            let page = try await here.open("/account/security")
            let action = try #require(page.html.firstMatch(of: /action="(\/account\/security\/sessions\/[^"]+\/end)"/))
            let one = try await here.submit(String(action.output.1), [:])
            let foreign = try await Browser(portal, as: .viewer).submit(String(action.output.1), [:])
            let rest = try await here.submit("/account/security/end-others", [:])
            let alone = try await here.open("/account/security")

            #expect(page.html.matches(of: /class="row-title"/).count == 3 && page.html.contains("this one"))
            #expect(one.status == 303 && rest.status == 303)
            #expect(foreign.status == 404)
            #expect(alone.status == 200 && !alone.html.contains("/end-others"))
            #expect(try await there.open("/account/security").status == 303, "to the sign-in page")
        }
    }

    @Test func signIn_saysThatItIsLockedInTheReadersLanguage() async throws {
        try await withPortal { portal in
            for _ in 0..<5 { _ = try await wrongSignIn(portal) }

            let english = try await wrongSignIn(portal)
            let chinese = try await portal.client().submit(
                "/login",
                form: [("email", TestPersona.member.email), ("password", "x"), ("lang", "zh-Hans")]
            )

            #expect(english.status == 429)
            #expect(english.headers["Retry-After"] == "60")
            #expect(english.text.contains("locked after too many wrong ones"))
            #expect(chinese.text.contains("密码登录已被锁定"))
        }
    }

    @Test func failures_nameTheClientBehindTheProxy() async throws {
        try await withPortal { portal in
            let connection = HTTPConnectionInfo(
                peer: SocketAddress(host: "10.0.0.1", port: 40000),
                client: SocketAddress(host: "203.0.113.77", port: 0)
            )
            let request = try HTTPRequest.make(
                .post,
                "/login",
                headers: ["Content-Type": "application/x-www-form-urlencoded"],
                body: Array("email=member%40acme.example&password=wrong".utf8),
                connection: connection
            )
            _ = await portal.application.respond(to: request)

            let signIn = try await portal.services.identity.signIn(
                email: TestPersona.member.email,
                password: TestOrganization.password,
                clientAddress: "192.0.2.1"
            )
            #expect(signIn.failures?.addresses == ["203.0.113.77"])
        }
    }

    @Test(arguments: [("en", "locked after too many wrong ones"), ("zh-Hans", "密码登录已被锁定")])
    func password_saysInTheFormThatTheAccountIsLocked(language: String, text: String) async throws {
        try await withPortal { portal in
            let browser = try await Browser(portal, as: .member, language: language)
            let page = try await browser.open("/account/security")
            func change(from current: String) async throws -> Browser.Page {
                try await browser.submit(
                    "/account/security/password",
                    [("currentPassword", current), ("newPassword", "nine quiet rivers")],
                    on: page
                )
            }
            for _ in 0..<5 { _ = try await change(from: "a wrong password") }

            let refused = try await change(from: TestOrganization.password)

            #expect(refused.status == 429)
            #expect(refused.html.contains("name=\"newPassword\""), "the form is still there")
            #expect(refused.html.contains(text))
        }
    }

    @Test func password_isChangedByTheForm() async throws {
        try await withPortal { portal in
            let browser = try await Browser(portal, as: .member)
            let page = try await browser.open("/account/security")
            func change(_ current: String, _ new: String) async throws -> Browser.Page {
                try await browser.submit(
                    "/account/security/password",
                    [("currentPassword", current), ("newPassword", new)],
                    on: page
                )
            }

            let refused = try await change("not it", "passwordpassword")
            let changed = try await change(TestOrganization.password, "nine quiet rivers")

            #expect(page.html.contains("At least 15 characters"))
            #expect(refused.status == 400)
            #expect(refused.html.contains("href=\"#newPassword\""))
            #expect(refused.html.contains("href=\"#currentPassword\""))
            #expect(!refused.html.contains("passwordpassword"))
            #expect(changed.location == "/account/security")
            #expect(try await browser.open("/").status == 200, "the session that changed it stays")
            let again = try await portal.services.identity.signIn(
                email: TestPersona.member.email,
                password: "nine quiet rivers",
                clientAddress: "192.0.2.1"
            )
            #expect(again.user.email == TestPersona.member.email)
        }
    }
}
