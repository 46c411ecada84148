import HTTPCore
import Portal
import PortalTesting
import Testing

@testable import PortalWeb

struct UserPageTests {
    @Test func accounts_areListedAndFound() async throws {
        try await withPortal { portal in
            let admin = try await Browser(portal, as: .admin)

            let all = try await admin.open("/admin/users")
            let found = try await admin.open("/admin/users?q=MANAG")
            let none = try await admin.open("/admin/users?q=zzz")
            let manager = try await Browser(portal, as: .manager).open("/admin/users")

            #expect(all.html.contains("viewer@acme.example"))
            #expect(found.html.contains("manager@acme.example") && !found.html.contains("viewer@acme.example"))
            #expect(none.html.contains("No account matches"))
            #expect(manager.status == 403 && !manager.html.contains("href=\"/admin/users\""))
        }
    }

    @Test func invitation_showsItsLinkOnce() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            let browser = try await Browser(portal, as: .admin)
            let fields = [
                "email": "new@acme.example", "name": "Nora New", "tenant": acme.payments.id.description,
                "role": "member",
            ]

            let invited = try await browser.submit("/admin/users", fields)
            let again = try await browser.submit("/admin/users", fields)
            let user = try #require(try await portal.services.identity.user(email: "new@acme.example", as: acme.admin))
            let page = try await browser.open("/admin/users/\(user.id)")

            #expect(invited.status == 200 && invited.html.contains("/invitations/"))
            #expect(again.status == 409 && again.html.contains("value=\"new@acme.example\""))
            #expect(page.html.contains("Invited") && !page.html.contains("/invitations/"))
            #expect(page.html.contains("Member of Payments"))
        }
    }

    @Test func invitation_offersRolesOfOnesOwn() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            let new = NewRole(name: "Operator", description: "", permissions: [.vclustersSuspend])
            let role = try await portal.services.roles.create(new, at: acme.engineering.id, as: acme.admin)
            let browser = try await Browser(portal, as: .admin)
            let fields = [
                "email": "new@acme.example", "name": "Nora", "tenant": acme.payments.id.description,
                "role": role.reference.description,
            ]

            let form = try await browser.open("/admin/users")
            let elsewhere = try await browser.submit(
                "/admin/users",
                fields.merging(["tenant": acme.data.id.description]) { $1 }
            )
            let invited = try await browser.submit("/admin/users", fields)

            #expect(form.html.contains("Operator (Acme / Engineering)"))
            #expect(elsewhere.status == 400 && elsewhere.html.contains("value=\"new@acme.example\""))
            #expect(invited.status == 200 && invited.html.contains("Operator of Payments"))
        }
    }

    @Test func tokens_areSeenAndRevokedByAdmins() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            let identity = portal.services.identity
            let token = try await identity.createToken(name: "pipeline", lifetime: nil, as: acme.member)
            let browser = try await Browser(portal, as: .admin)
            let path = "/admin/users/\(acme.member.user.id)"
            let fields = ["token": token.token.id.description]

            let page = try await browser.open(path)
            let byManager = try await Browser(portal, as: .manager).submit("\(path)/tokens/revoke", fields)
            let before = try await identity.authenticate(bearer: token.secret)
            let revoked = try await browser.submit("\(path)/tokens/revoke", fields)
            let gone = try await browser.submit("\(path)/tokens/revoke", ["token": TokenID().description])

            #expect(page.html.contains("pipeline") && !page.html.contains(token.secret))
            #expect(byManager.status == 404 && before != nil)
            #expect(revoked.status == 303)
            #expect(try await identity.authenticate(bearer: token.secret) == nil)
            #expect(gone.status == 404 && gone.html.contains("There is no such token"), "on the page itself")
            #expect(gone.html.contains("pipeline"))
        }
    }

    @Test func lockedAccount_isUnlockedByItsButton() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            let identity = portal.services.identity
            let browser = try await Browser(portal, as: .admin)
            let path = "/admin/users/\(acme.member.user.id)"
            func signIn(_ password: String) async throws -> SignIn {
                try await identity.signIn(
                    email: TestPersona.member.email,
                    password: password,
                    clientAddress: "192.0.2.1"
                )
            }
            let before = try await browser.open(path)
            for _ in 0..<6 { _ = try? await signIn("a wrong password") }

            let locked = try await browser.open(path)
            let unlocked = try await browser.submit("\(path)/unlock", [:])
            _ = try await signIn(TestOrganization.password)
            let after = try await browser.open(path)

            #expect(!before.html.contains("\(path)/unlock") && before.html.contains("Last sign-in"))
            #expect(locked.html.contains("Sign-in by password is locked") && locked.html.contains("\(path)/unlock"))
            #expect(unlocked.status == 303)
            #expect(!after.html.contains("Sign-in by password is locked"))
            #expect(!after.html.contains("never"))
        }
    }

    @Test func account_isChangedDisabledAndEnabled() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            let browser = try await Browser(portal, as: .admin)
            let path = "/admin/users/\(acme.viewer.user.id)"
            let settings = ["name": "Vera", "timeZone": "Europe/Berlin", "locale": "zh-Hans"]

            let saved = try await browser.submit(path, settings)
            let wrong = try await browser.submit(
                path,
                settings.merging(["awayFrom": "2026-12-24", "awayUntil": "2026-12-01"]) { $1 }
            )
            let reset = try await browser.submit("\(path)/reset-password", [:])
            let disabled = try await browser.submit("\(path)/disable", [:])
            let closed = try await browser.open(path)
            let enabled = try await browser.submit("\(path)/enable", [:])
            let own = try await browser.submit("/admin/users/\(acme.admin.user.id)/disable", [:])

            #expect(saved.status == 303)
            #expect(wrong.status == 400 && wrong.html.contains("value=\"2026-12-24\""))
            #expect(reset.status == 200 && reset.html.contains("class=\"copyline\""))
            #expect(disabled.status == 303 && closed.html.contains("Disabled"))
            #expect(enabled.status == 303)
            #expect(own.status == 409)
            #expect(try await Browser(portal, as: .manager).open(path).status == 404)
        }
    }
}
