import HTTPCore
import Portal
import PortalTesting
import Testing

@testable import PortalWeb

struct SignInPageTests {
    private static let html: HTTPHeaders = ["Accept": "text/html"]

    @Test func page_sendsStrangersToSignInAndBack() async throws {
        try await withPortal { portal in
            let client = try await portal.client()

            let page = try await client.get("/vclusters?q=pay", headers: Self.html)
            let target = try #require(page.headers["Location"])
            let form = try await client.get(target, headers: Self.html)
            let answer = try await client.submit(
                "/login",
                form: [
                    ("email", TestPersona.member.email), ("password", TestOrganization.password),
                    ("next", "/vclusters?q=pay"),
                ]
            )

            #expect(page.status == 303)
            #expect(form.text.contains("name=\"next\" value=\"/vclusters?q=pay\""))
            #expect(answer.status == 303)
            #expect(answer.headers["Location"] == "/vclusters?q=pay")
            let cookie = try #require(answer.headers["Set-Cookie"])
            #expect(cookie.hasPrefix("portal_session="))
            #expect(cookie.contains("HttpOnly"))
        }
    }

    @Test(arguments: [
        ("http://portal.test/vclusters/new?name=a", "/login?next=%2Fvclusters%2Fnew%3Fname%3Da"),
        ("https://portal.test/admin/users", "/login?next=%2Fadmin%2Fusers"),
        ("http://portal.test/", "/login"), ("http://evil.example/vclusters", "/login"),
        ("http://portal.test.evil.example/vclusters", "/login"), ("http://portal.test//evil.example", "/login"),
    ])
    func form_afterTheEndOfTheSessionLeadsBackToItsPage(referrer: String, location: String) async throws {
        try await withPortal { portal in
            let client = try await portal.client()

            let answer = try await client.submit(
                "/vclusters/new",
                form: [("name", "a")],
                headers: ["Accept": "text/html", "Host": "portal.test", "Referer": referrer]
            )

            #expect(answer.status == 303)
            #expect(answer.headers["Location"] == location)
        }
    }

    @Test func language_keepsWhereTheReaderWanted() async throws {
        try await withPortal { portal in
            let client = try await portal.client()

            let refused = try await client.submit(
                "/login",
                form: [("email", "a@acme.example"), ("password", "wrong"), ("next", "/vclusters?q=pay")],
                headers: Self.html
            )
            let asked = try await client.get("/login?next=/hosts&code=secret", headers: Self.html)

            #expect(refused.text.contains("href=\"/login?next=%2Fvclusters%3Fq%3Dpay&amp;lang=zh-Hans\""))
            #expect(asked.text.contains("href=\"/login?next=%2Fhosts&amp;lang=zh-Hans\""))
        }
    }

    @Test func part_ofAPageLeavesThePageWhenTheSessionHasEnded() async throws {
        try await withPortal { portal in
            let client = try await portal.client()

            let part = try await client.get("/vclusters", headers: ["Accept": "text/html", "HX-Request": "true"])

            #expect(part.status == 401)
            #expect(part.headers["HX-Redirect"] == "/login?next=%2Fvclusters")
            #expect(part.text.isEmpty)
        }
    }

    @Test func form_keepsTheAddressWhenThePasswordIsWrong() async throws {
        try await withPortal { portal in
            let client = try await portal.client()

            let answer = try await client.submit(
                "/login",
                form: [("email", "member\"<b>@acme.example"), ("password", "wrong password")]
            )

            #expect(answer.status == 401)
            #expect(answer.text.contains("value=\"member&quot;&lt;b&gt;@acme.example\""))
            #expect(answer.text.contains("role=\"alert\""))
            #expect(!answer.text.contains("wrong password"))
            #expect(answer.headers["Set-Cookie"] == nil)
        }
    }

    @Test(arguments: [
        "https://evil.example", "//evil.example", "/\\evil.example", "/\t/evil.example", "javascript:alert(1)",
        "/api/v1/me", "/login?next=/", "",
    ])
    func next_staysInThePortal(target: String) {
        #expect(SafePath.page(target) == "/")
    }

    @Test func next_keepsPagesWithTheirQuery() {
        #expect(SafePath.page("/vclusters?q=a%2Fb#x") == "/vclusters?q=a%2Fb#x")
        #expect(SafePath.page(nil) == "/")
    }

    @Test func page_speaksTheLanguageOfTheReader() async throws {
        try await withPortal { portal in
            let client = try await portal.client()

            let asked = try await client.get("/login", headers: ["Accept": "text/html", "Accept-Language": "zh-CN"])
            let chosen = try await client.get(
                "/login?lang=en",
                headers: ["Accept": "text/html", "Accept-Language": "zh"]
            )

            #expect(asked.text.contains("<html lang=\"zh-Hans\">"))
            #expect(asked.text.contains("登录"))
            #expect(chosen.text.contains("<html lang=\"en\">"))
        }
    }

    @Test func language_ofTheFormStaysWithTheAccount() async throws {
        try await withPortal { portal in
            let client = try await portal.client()
            func signIn(_ password: String) async throws -> TestResponse {
                let form = [("email", TestPersona.member.email), ("password", password), ("lang", "zh-Hans")]
                return try await client.submit("/login", form: form)
            }

            let form = try await client.get("/login?lang=zh-Hans", headers: Self.html)
            let refused = try await signIn("wrong password")
            let accepted = try await signIn(TestOrganization.password)
            let cookie = try #require(accepted.headers["Set-Cookie"]).prefix { $0 != ";" }
            let page = try await client.get("/", headers: ["Accept": "text/html", "Cookie": String(cookie)])

            #expect(form.text.contains("name=\"lang\" value=\"zh-Hans\""))
            #expect(refused.text.contains("<html lang=\"zh-Hans\">"))
            #expect(refused.text.contains("name=\"lang\" value=\"zh-Hans\""))
            #expect(page.text.contains("<html lang=\"zh-Hans\">"))
        }
    }

    @Test func settings_changeLanguageAndColours() async throws {
        try await withPortal { portal in
            let browser = try await Browser(portal, as: .member)
            let page = try await browser.open("/")

            let answer = try await browser.submit(
                "/preferences",
                [("locale", "zh-Hans"), ("theme", "dark"), ("next", "/vclusters")],
                on: page
            )
            let after = try await browser.open("/vclusters", headers: ["Accept-Language": "en"])

            #expect(answer.location == "/vclusters")
            #expect(after.html.contains("<html lang=\"zh-Hans\" data-theme=\"dark\">"))
        }
    }

    @Test func form_withoutItsTokenChangesNothing() async throws {
        try await withPortal { portal in
            let browser = try await Browser(portal, as: .member)

            let answer = Browser.Page(try await browser.client.submit("/logout", form: []))

            #expect(answer.status == 403)
            #expect(try await browser.open("/").status == 200)
        }
    }

    @Test func signOut_endsTheSession() async throws {
        try await withPortal { portal in
            let browser = try await Browser(portal, as: .member)
            let page = try await browser.open("/")

            let answer = try await browser.submit("/logout", [], on: page)

            #expect(answer.location == "/login")
            #expect(try await browser.open("/").status == 303)
        }
    }
}
