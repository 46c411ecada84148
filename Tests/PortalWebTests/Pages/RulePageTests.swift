import HTTPCore
import JSON
import Portal
import PortalTesting
import Testing

@testable import PortalWeb

struct RulePageTests {
    private func fields(_ more: [(name: String, value: String)]) -> [(name: String, value: String)] {
        [
            ("name", "No production on weekends"), ("effect", "deny"), ("permission", "vclusters.delete"),
            ("whom", "all"), ("environment", "prod"), ("day", "sat"), ("day", "sun"), ("from", "00:00"),
            ("to", "00:00"), ("timeZone", "Europe/Berlin"), ("enabled", "true"),
        ] + more
    }

    @Test(arguments: [("en", "The access rule “Closed” forbids this"), ("zh-Hans", "访问规则“Closed”禁止这样做")])
    func refusal_namesTheRuleInTheReadersLanguage(language: String, text: String) async throws {
        try await withPortal { portal in
            let tenant = portal.organization.payments.id
            let rule: JSONValue = [
                "tenantId": tenant.json, "name": "Closed", "effect": "deny", "permissions": ["vclusters.create"],
            ]
            #expect(try await portal.client(as: .manager).post("/api/v1/access-rules", rule).status == 201)
            var browser = try await Browser(portal, as: .member)
            browser.client.headers.set("Accept-Language", language)
            let page = try await browser.open("/vclusters/new")
            let input = [("templateId", "blank"), ("name", "checkout"), ("tenantId", tenant.description)]

            let refused = try await browser.submit("/vclusters/new", input, on: page)

            #expect(refused.status == 403)
            #expect(refused.html.contains(text), "\(refused.html)")
            #expect(refused.html.contains("value=\"checkout\""))
        }
    }

    @Test func rule_isPreviewedMadeChangedAndRemoved() async throws {
        try await withPortal { portal in
            let list = "/tenants/\(portal.organization.payments.id)/rules"
            let browser = try await Browser(portal, as: .manager)
            let empty = try await browser.open(list)
            let form = try await browser.open("\(list)/new")
            func send(_ path: String, _ fields: [(name: String, value: String)]) async throws -> Browser.Page {
                try await browser.submit(path, fields, on: form)
            }

            let preview = try await send("\(list)/new", fields([("go", "preview"), ("labels", "tier=gold")]))
            let stillEmpty = try await browser.open(list)
            let made = try await send("\(list)/new", fields([]))
            let listed = try await browser.open(list)
            let path = try #require(
                listed.html.firstMatch(of: /href="(\/access-rules\/[0-9a-f-]{36})"/).map { String($0.output.1) }
            )
            let shown = try await browser.open(path)
            let changed = try await send(path, fields([("version", "\"1\""), ("permission", "vclusters.update")]))
            let stale = try await send(path, fields([("version", "\"1\""), ("description", "Typed in vain")]))
            let relisted = try await browser.open(list)
            let removed = try await send("\(path)/delete", [])

            let sentence = "Nobody may delete vclusters in Production, on Saturday and Sunday (Europe/Berlin)."
            #expect(empty.html.contains("No rules of its own") && stillEmpty.html.contains("No rules of its own"))
            #expect(
                preview.status == 200
                    && preview.html.contains("Nobody may delete vclusters in Production, with the label tier=gold, on")
            )
            #expect(preview.html.contains("tier=gold</textarea>"))
            #expect(made.status == 303)
            #expect(listed.html.contains(sentence))
            #expect(shown.html.contains(sentence) && shown.html.contains("value=\"sat\" checked"))
            #expect(changed.status == 303)
            #expect(relisted.html.contains("change vclusters or delete vclusters"))
            #expect(stale.status == 412 && stale.html.contains("value=\"Typed in vain\""))
            #expect(removed.status == 303)
            #expect(try await browser.open(path).status == 404)
        }
    }

    @Test func refusal_keepsWhatWasTyped() async throws {
        try await withPortal { portal in
            let path = "/tenants/\(portal.organization.payments.id)/rules/new"
            let browser = try await Browser(portal, as: .manager)
            let form = try await browser.open(path)

            let wrong = try await browser.submit(
                path,
                [
                    ("name", ""), ("effect", "deny"), ("whom", "all"), ("labels", "Tier!=1"), ("from", "09:00"),
                    ("to", "09:00"), ("timeZone", "Mars/Olympus"),
                ],
                on: form
            )
            let nobody = try await browser.submit(
                path,
                fields([("whom", "user"), ("email", "nobody@elsewhere.example")]).filter { $0.value != "all" },
                on: form
            )

            #expect(wrong.status == 400)
            #expect(wrong.html.contains("Name: Fill this in."))
            #expect(wrong.html.contains("Actions: Tick at least one permission."))
            for anchor in ["#rule-name", "#rule-permissions", "#rule-labels", "#rule-to", "#rule-timeZone"] {
                #expect(wrong.html.contains("href=\"\(anchor)\""), "\(anchor)")
            }
            #expect(wrong.html.contains("Tier!=1</textarea>") && wrong.html.contains("value=\"Mars/Olympus\""))
            #expect(nobody.status == 400 && nobody.html.contains("href=\"#rule-email\""))
            #expect(nobody.html.contains("value=\"nobody@elsewhere.example\""))
        }
    }

    @Test func inheritedRules_areShownToThoseBelow() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            for (name, tenant) in [("From Engineering", acme.engineering), ("From Acme", acme.root)] {
                _ = try await portal.services.accessRules.create(
                    ["name": .string(name), "effect": "deny", "permissions": ["vclusters.create"]],
                    at: tenant.id,
                    as: acme.admin
                )
            }
            _ = try await portal.services.accessRules.create(
                [
                    "name": "About others", "effect": "deny", "permissions": ["vclusters.create"],
                    "subject": ["kind": "role", "reference": "finance"],
                ],
                at: acme.root.id,
                as: acme.admin
            )
            let list = "/tenants/\(acme.payments.id)/rules"

            let member = try await Browser(portal, as: .member).open(list)
            let explained = try await Browser(portal, as: .member).open("\(list)/explain?permission=vclusters.create")
            let manager = try await Browser(portal, as: .manager).open(list)
            let stranger = try await Browser(portal, as: .stranger).open(list)
            let forbidden = try await Browser(portal, as: .member).open("\(list)/new")

            // The member knows no tenant above Payments: the rules bind them, the tenants are not named.
            #expect(member.html.contains("From Engineering") && member.html.contains("From Acme"))
            #expect(!member.html.contains("Acme / Engineering") && !member.html.contains("/access-rules/"))
            #expect(!member.html.contains("New rule"))
            #expect(explained.html.contains("From Acme"))
            #expect(!member.html.contains("About others") && !explained.html.contains("About others"))
            #expect(manager.html.contains("New rule"))
            #expect(manager.html.matches(of: /href="\/access-rules\//).count == 1)
            #expect(stranger.status == 404)
            #expect(forbidden.status == 403)
        }
    }

    @Test func explanation_givesItsReasons() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            let browser = try await Browser(portal, as: .manager)
            let list = "/tenants/\(acme.payments.id)/rules"
            let form = try await browser.open("\(list)/new")
            _ = try await browser.submit("\(list)/new", fields([]), on: form)
            func ask(_ query: String) async throws -> Browser.Page {
                try await browser.open("\(list)/explain?permission=vclusters.delete&\(query)")
            }

            let question = try await browser.open("\(list)/explain")
            let refused = try await ask("email=member@acme.example&environment=prod&at=2026-11-21T12:00")
            let allowed = try await ask("email=member@acme.example&environment=prod&at=2026-11-20T12:00")
            let noRole = try await ask("email=viewer@acme.example&environment=dev")
            let unknown = try await ask("email=stranger@acme.example")
            let badTime = try await ask("at=2026-02-30T12:00")
            let member = try await Browser(portal, as: .member).open(
                "\(list)/explain?permission=vclusters.delete&email=manager@acme.example"
            )

            #expect(question.html.contains("Ask, and the answer"))
            #expect(refused.html.contains("No: a rule refuses it") && refused.html.contains("That ends on 22 Nov 2026"))
            #expect(allowed.html.contains("Yes: a role permits it") && allowed.html.contains("Not so: the time."))
            #expect(noRole.html.contains("No: no role permits it"))
            #expect(unknown.status == 400 && unknown.html.contains("value=\"stranger@acme.example\""))
            #expect(badTime.status == 400)
            #expect(member.status == 403)
        }
    }

    @Test func access_showsTheRulesThatBind() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            _ = try await portal.services.accessRules.create(
                [
                    "name": "Members wait", "effect": "deny", "permissions": ["vclusters.create"],
                    "subject": ["kind": "role", "reference": "member"],
                ],
                at: acme.payments.id,
                as: acme.manager
            )

            let page = try await Browser(portal, as: .manager).open("/tenants/\(acme.payments.id)/access")

            #expect(page.html.matches(of: /Members wait/).count == 1)
        }
    }

    @Test func sentences_readWell() throws {
        let renderer = try PageRendering.renderer()
        func sentences(_ language: PortalLanguage) -> [String] {
            SampleRules.sentences(renderer.localizer(language, timeZone: "UTC", now: SamplePages.now))
        }

        #expect(
            sentences(.english) == [
                "Nobody may change vclusters or delete vclusters in Production, on Saturday and Sunday (Europe/Berlin).",
                "Who is in the group “Contractors” may suspend and resume vclusters only Monday to Friday from 09:00 to "
                    + "17:00 (UTC).",
                "Who has the role “Member” may not create vclusters with the label team=web and tier=gold, on the host "
                    + "lab, at any time except every day from 22:00 until 06:00 on the next day (UTC).",
                "Mei Lin may not download kubeconfigs or cancel operations.",
            ]
        )
        #expect(
            sentences(.simplifiedChinese).first == "在生产环境中、在周六和周日（Europe/Berlin），任何人都不得修改虚拟集群或删除虚拟集群。"
        )
    }
}
