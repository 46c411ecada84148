import Portal
import PortalTesting
import Testing

@testable import PortalWeb

/// The pages of API tokens and of service accounts.
struct KeyPageTests {
    private func shown(_ page: Browser.Page) -> String? {
        page.html.firstMatch(of: /<code>(ovp_[A-Za-z0-9_-]{43})<\/code>/).map { String($0.output.1) }
    }

    @Test func token_isShownOnceAndRevoked() async throws {
        try await withPortal { portal in
            let browser = try await Browser(portal, as: .member)
            let identity = portal.services.identity

            let empty = try await browser.open("/account/tokens")
            let made = try await browser.submit(
                "/account/tokens",
                ["name": "pipeline", "days": "30", "tenantId": "", "reach": "everything"]
            )
            let secret = try #require(shown(made))
            let works = try await identity.authenticate(bearer: secret)
            let listed = try await browser.open("/account/tokens")
            let id = try #require(listed.html.firstMatch(of: /name="token" value="([^"]+)"/)).output.1
            let revoked = try await browser.submit("/account/tokens/revoke", ["token": String(id)])

            #expect(empty.html.contains("No token yet"))
            #expect(made.status == 200 && works != nil)
            #expect(listed.html.contains("pipeline") && !listed.html.contains(secret))
            #expect(revoked.status == 303)
            #expect(try await identity.authenticate(bearer: secret) == nil)
            #expect(try await browser.open("/account/tokens").html.contains("Revoked"))
        }
    }

    @Test func token_isNarrowedByTheForm() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            let browser = try await Browser(portal, as: .manager)
            var fields = [
                ("name", "narrow"), ("days", "7"), ("tenantId", acme.payments.id.description), ("reach", "some"),
            ]
            let page = try await browser.open("/account/tokens")

            let nothing = try await browser.submit("/account/tokens", fields, on: page)
            fields.append(("permission", "vclusters.suspend"))
            let made = try await browser.submit("/account/tokens", fields, on: page)
            let caller = try await portal.services.identity.authenticate(bearer: try #require(shown(made)))

            #expect(nothing.status == 400 && nothing.html.contains("value=\"narrow\""))
            #expect(nothing.html.contains("href=\"#token-permissions\">Tick at least one permission."))
            #expect(!nothing.html.contains("value=\"users.manage\""), "what cannot be given is not offered")
            #expect(caller?.has(.vclustersSuspend, onPath: acme.payments.path) == true)
            #expect(caller?.has(.vclustersDelete, onPath: acme.payments.path) == false)
            #expect(caller?.has(.tenantsRead, onPath: acme.platform.path) == false)
        }
    }

    @Test func refusals_keepWhatWasTyped() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            let member = try await Browser(portal, as: .member)
            let fields = [
                "name": "kept", "days": "3000000000", "tenantId": acme.data.id.description, "reach": "everything",
            ]

            let long = try await member.submit("/account/tokens", fields)
            let foreign = try await member.submit("/account/tokens", fields.merging(["days": "7"]) { $1 })
            let nobody = try await Browser(portal, as: .nobody).open("/account/tokens")

            #expect(long.status == 400 && long.html.contains("value=\"kept\""))
            #expect(foreign.status == 400 && foreign.html.contains("value=\"kept\""))
            #expect(nobody.status == 200 && nobody.html.contains("A token could do nothing"))
            #expect(!nobody.html.contains("name=\"reach\""))
        }
    }

    @Test func serviceAccount_isMadeGivenARoleAndAToken() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            let browser = try await Browser(portal, as: .manager)
            let tenant = acme.payments.id.description

            let made = try await browser.submit("/admin/service-accounts", ["name": "ci", "tenant": tenant])
            let path = try #require(made.location)
            let twice = try await browser.submit("/admin/service-accounts", ["name": "CI", "tenant": tenant])
            let given = try await browser.submit("\(path)/roles", ["tenant": tenant, "role": "member"])
            let tokens = try await browser.submit(
                "\(path)/tokens",
                ["name": "runner", "days": "30", "tenantId": "", "reach": "everything"]
            )
            let page = try await browser.open(path)
            let caller = try await portal.services.identity.authenticate(bearer: try #require(shown(tokens)))

            #expect(made.status == 303)
            #expect(twice.status == 409 && twice.html.contains("value=\"CI\""))
            #expect(given.status == 303 && page.html.contains("Member of Payments") && page.html.contains("runner"))
            #expect(caller?.has(.vclustersCreate, onPath: acme.payments.path) == true)
            let list = try await browser.open("/admin/service-accounts")
            #expect(list.html.contains("Engineering / Payments") && !list.html.contains("Acme / Engineering"))
            let greedy = try await browser.submit("\(path)/roles", ["tenant": tenant, "role": "admin"])
            #expect(greedy.status == 403)
            let taken = try await browser.submit("\(path)/roles/remove", ["tenant": tenant, "role": "member"])
            #expect(taken.status == 303)
        }
    }

    @Test func serviceAccount_hasCertificates() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            let browser = try await Browser(portal, as: .admin)
            let identity = portal.services.identity
            let account = try await identity.createServiceAccount(name: "ci", at: acme.payments.id, as: acme.manager)
            let path = "/admin/service-accounts/\(account.id)"

            let wrong = try await browser.submit(
                "\(path)/certificates",
                ["kind": "fingerprint", "value": "no fingerprint", "issuer": ""]
            )
            let added = try await browser.submit(
                "\(path)/certificates",
                ["kind": "uri", "value": "spiffe://acme.example/ci", "issuer": "", "expiresAt": "2999-12-31"]
            )
            let ended = try await browser.submit(
                "\(path)/certificates",
                ["kind": "uri", "value": "spiffe://acme.example/old", "issuer": "", "expiresAt": "2001-01-01"]
            )
            let page = try await browser.open(path)
            let id = try #require(page.html.firstMatch(of: /name="certificate" value="([^"]+)"/)).output.1
            let manager = try await Browser(portal, as: .manager)
            let seen = try await manager.open(path)
            let claimed = try await manager.submit(
                "\(path)/certificates",
                ["kind": "uri", "value": "spiffe://acme.example/other", "issuer": ""]
            )
            let removed = try await manager.submit("\(path)/certificates/remove", ["certificate": String(id)])

            #expect(wrong.status == 400 && wrong.html.contains("value=\"no fingerprint\""))
            #expect(added.status == 303 && page.html.contains("spiffe://acme.example/ci"))
            #expect(ended.status == 400 && ended.html.contains("value=\"2001-01-01\""))
            #expect(page.html.contains("1 Jan 3000"))
            #expect(!seen.html.contains("action=\"\(path)/certificates\""), "it is for admins")
            #expect(claimed.status == 403)
            #expect(removed.status == 303)
            #expect(try await browser.open(path).html.contains("No certificate stands for it"))
        }
    }

    @Test func serviceAccount_isRenamedDisabledAndDeleted() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            let browser = try await Browser(portal, as: .manager)
            let identity = portal.services.identity
            let account = try await identity.createServiceAccount(name: "ci", at: acme.payments.id, as: acme.manager)
            let path = "/admin/service-accounts/\(account.id)"

            let renamed = try await browser.submit("\(path)/rename", ["name": "runner"])
            let disabled = try await browser.submit("\(path)/disable", [:])
            let page = try await browser.open(path)
            let enabled = try await browser.submit("\(path)/enable", [:])
            let viewer = try await Browser(portal, as: .auditor).open(path)
            let stranger = try await Browser(portal, as: .stranger)
            let deleted = try await browser.submit("\(path)/delete", [:])

            #expect(renamed.status == 303 && disabled.status == 303 && enabled.status == 303)
            #expect(page.html.contains("runner") && page.html.contains("Disabled"))
            #expect(!page.html.contains("name=\"reach\""), "a disabled account gets no token")
            #expect(viewer.status == 200 && !viewer.html.contains("\(path)/delete"))
            #expect(try await stranger.open(path).status == 404)
            #expect(try await stranger.open("/admin/service-accounts").status == 403)
            #expect(deleted.location == "/admin/service-accounts")
            #expect(try await browser.open(path).status == 404)
        }
    }

    @Test(arguments: [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox", "Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/139.0 Safari/537.36 "
                + "Edg/139.0", "Edge", "Windows"
        ),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) Version/18.5 Safari/604.1", "Safari", "iPhone"),
        ("curl/8.14", nil, nil), ("", nil, nil),
    ])
    func browser_isKnownByItsName(userAgent: String, browser: String?, system: String?) {
        let name = BrowserName(userAgent: userAgent)

        #expect(name?.browser == browser)
        #expect(name?.system == system)
    }
}
