import HTTPCore
import JSON
import Portal
import PortalTesting
import Testing

@testable import PortalWeb

/// Requests and policies in a browser without script.
struct RequestPageTests {
    private func policy(_ portal: TestPortal, _ more: JSONObject = [:]) async throws {
        var body: JSONObject = [
            "tenantId": .string(portal.organization.payments.id.description), "name": "Ask first",
            "verbs": ["create", "scale"], "steps": [["role": "manager"]], "holdHours": 4,
        ]
        for (key, value) in more { body[key] = value }
        let made = try await portal.client(as: .manager).post("/api/v1/approval-policies", .object(body))
        try #require(made.status == 201, "\(made.text)")
    }

    /// Asks for a vcluster by the wizard, which leads to the page of the request.
    private func ask(_ portal: TestPortal, _ name: String = "checkout") async throws -> (Browser, String) {
        let browser = try await Browser(portal, as: .member)
        let wizard = try await browser.open("/vclusters/new")
        let fields = [
            ("templateId", "blank"), ("name", name), ("tenantId", portal.organization.payments.id.description),
        ]
        let sent = try await browser.submit("/vclusters/new", fields, on: wizard)
        return (browser, try #require(sent.location, "\(sent.status) \(sent.html)"))
    }

    @Test func wizard_leadsToTheRequest_andTheApprovalToTheOperation() async throws {
        try await withPortal { portal in
            try await policy(portal)
            let (member, path) = try await ask(portal)
            let manager = try await Browser(portal, as: .manager)

            let own = try await member.open(path)
            let waiting = try await manager.open("/requests")
            let shown = try await manager.open(path)
            let commented = try await manager.submit("\(path)/comments", [("comment", "Why <now>?")], on: shown)
            let approved = try await manager.submit("\(path)/approve", [("comment", "Fine.")], on: shown)
            let after = try await manager.open(path)

            #expect(path.hasPrefix("/requests/"))
            #expect(own.html.contains("Create checkout") && own.html.contains("Take it back"))
            #expect(own.html.contains("The quota is held for it") && !own.html.contains("/approve\""))
            #expect(waiting.html.contains("href=\"\(path)\"") && waiting.html.contains("Waiting for me"))
            #expect(shown.html.contains("formaction=\"\(path)/approve\"") && shown.html.contains("Engineering"))
            #expect(commented.status == 303 && approved.status == 303 && approved.location == path)
            #expect(after.html.contains("It was approved and has begun") && after.html.contains("href=\"/operations/"))
            #expect(after.html.contains("Why &lt;now&gt;?") && after.html.contains("Fine."))
            #expect(!after.html.contains("formaction="))
        }
    }

    @Test func refusedForms_keepWhatWasTyped() async throws {
        try await withPortal { portal in
            try await policy(portal)
            let (member, path) = try await ask(portal)
            let manager = try await Browser(portal, as: .manager)
            let page = try await manager.open(path)

            let empty = try await manager.submit("\(path)/comments", [("comment", "  ")], on: page)
            let long = String(repeating: "x", count: 2_001)
            let tooLong = try await manager.submit("\(path)/reject", [("comment", long)], on: page)
            let own = try await member.submit("\(path)/approve", [("comment", "Me")], on: member.open(path))
            let rejected = try await manager.submit("\(path)/reject", [("comment", "No.")], on: page)
            let late = try await manager.submit("\(path)/approve", [("comment", "Yes?")], on: page)
            let lateCancel = try await member.submit("\(path)/cancel", [], on: member.open(path))

            #expect(empty.status == 400 && empty.html.contains("href=\"#request-comment\""))
            #expect(tooLong.status == 400 && tooLong.html.contains(long))
            #expect(own.status == 403 && own.html.contains("Me</textarea>"))
            #expect(rejected.status == 303 && late.status == 409)
            #expect(late.html.contains("Yes?</textarea>") && late.html.contains("role=\"alert\""))
            #expect(lateCancel.status == 409 && lateCancel.html.contains("role=\"alert\""))
            #expect(try await portal.client(as: .member).get("/api/v1\(path)").json["state"] == "rejected")
        }
    }

    @Test func scale_showsWhatChanges() async throws {
        try await withPortal(.working) { portal in
            let checked = try await portal.checked(as: .member)
            let made = try await portal.createVCluster("shop", by: checked)
            let id = try #require(made["vcluster"]?["id"]?.string)
            try await portal.waitForPhase("RUNNING", of: id, by: checked)
            try await policy(portal)
            let member = try await Browser(portal, as: .member)
            let page = try await member.open("/vclusters/\(id)")

            let sent = try await member.submit("/vclusters/\(id)/scale", [("cpu", "6"), ("replicas", "1")], on: page)
            let path = try #require(sent.location, "\(sent.html)")
            let shown = try await member.open(path)
            let cancelled = try await member.submit("\(path)/cancel", [], on: shown)

            #expect(path.hasPrefix("/requests/"))
            #expect(shown.html.contains("<code class=\"cell-code\">spec.quota.cpu</code>"))
            #expect(cancelled.status == 303)
            #expect(try await member.open(path).html.contains("Taken back"))
        }
    }

    @Test func policy_isMadeChangedAndRemoved() async throws {
        try await withPortal { portal in
            let list = "/tenants/\(portal.organization.payments.id)/policies"
            let browser = try await Browser(portal, as: .manager)
            let empty = try await browser.open(list)
            let form = try await browser.open("\(list)/new")
            func fields(_ more: [(name: String, value: String)]) -> [(name: String, value: String)] {
                [
                    ("name", "Production"), ("verb", "create"), ("verb", "scale"), ("environment", "prod"),
                    ("above-cpu", "16"), ("asks-0", "role:manager"), ("quorum-0", "2"), ("asks-1", "people"),
                    ("people-1", portal.organization.admin.user.email), ("quorum-1", "1"), ("holdHours", "48"),
                    ("expiryHours", "24"), ("enabled", "true"),
                ] + more
            }

            let made = try await browser.submit("\(list)/new", fields([]), on: form)
            let listed = try await browser.open(list)
            let path = try #require(
                listed.html.firstMatch(of: /href="(\/approval-policies\/[0-9a-f-]{36})"/).map { String($0.output.1) }
            )
            let shown = try await browser.open(path)
            let stale = try await browser.submit(path, fields([("version", "\"7\""), ("labels", "a=b")]), on: form)
            let nobody = try await browser.submit(
                path,
                fields([("version", "\"1\""), ("people-1", "ghost@acme.example")]).filter {
                    $0.value != portal.organization.admin.user.email
                },
                on: form
            )
            let changed = try await browser.submit(
                path,
                fields([("version", "\"1\""), ("description", "Why")]),
                on: form
            )
            let removed = try await browser.submit("\(path)/delete", [], on: form)

            #expect(empty.html.contains("Nothing needs approval"))
            #expect(made.status == 303, "\(made.html)")
            #expect(listed.html.contains("2 people with the role") && listed.html.contains("beyond 16 (CPU)"))
            #expect(shown.html.contains("\(portal.organization.admin.user.email)</textarea>"))
            #expect(shown.html.contains("value=\"48\"") && shown.html.contains("asks-2"))
            #expect(stale.status == 412 && stale.html.contains("a=b</textarea>"))
            #expect(nobody.status == 400 && nobody.html.contains("href=\"#policy-people-1\""))
            #expect(nobody.html.contains("ghost@acme.example</textarea>"))
            #expect(changed.status == 303 && removed.status == 303)
            #expect(try await browser.open(path).status == 404)
        }
    }

    /// A host that is gone, or that the reader does not see: without it the policy would speak of every host.
    @Test func boxes_keepWhatIsTickedButNotOffered() throws {
        let writer = try PageRendering.renderer().localizer(.english, timeZone: "UTC", now: SamplePages.now)
        var input = QueryItems()
        input.add("host", "gone")
        let fields = FormFields(input: input, refused: nil, id: "policy", texts: "policies", writer: writer)

        let boxes = fields.hosts([SampleRules.lab])

        #expect(boxes.options.map(\.value) == [SampleRules.lab.id.description, "gone"])
        #expect(boxes.options.map(\.isSelected) == [false, true])
    }

    @Test func policies_areReachedFromTheTenant() async throws {
        try await withPortal { portal in
            let tenant = "/tenants/\(portal.organization.payments.id)"
            for role in [TestPersona.manager, .member] {
                let page = try await Browser(portal, as: role).open(tenant)
                #expect(page.html.contains("href=\"\(tenant)/policies\""), "\(role)")
            }
        }
    }

    @Test func policyForm_saysWhichFieldsAreWrong() async throws {
        try await withPortal { portal in
            let path = "/tenants/\(portal.organization.payments.id)/policies/new"
            let browser = try await Browser(portal, as: .manager)
            let form = try await browser.open(path)
            let wrong = try await browser.submit(
                path,
                [
                    ("name", ""), ("labels", "Tier!=1"), ("above-cpu", "much"), ("asks-0", "role:manager"),
                    ("quorum-0", "none"), ("expiryHours", "24"),
                ],
                on: form
            )

            #expect(wrong.status == 400)
            #expect(wrong.html.contains("Name: Fill this in."))
            for name in ["name", "verbs", "labels", "above-cpu", "quorum-0"] {
                #expect(wrong.html.contains("href=\"#policy-\(name)\""), "\(name)")
                #expect(wrong.html.contains("id=\"policy-\(name)-error\""), "\(name)")
            }
            #expect(wrong.html.contains("Tier!=1</textarea>") && wrong.html.contains("value=\"much\""))
        }
    }

    @Test(arguments: PortalLanguage.allCases)
    func policies_areWrittenAsSentences(language: PortalLanguage) throws {
        let writer = try PageRendering.renderer().localizer(language, timeZone: "UTC", now: SamplePages.now)
        let sentences = SampleRequests.sentences(writer)

        #expect(sentences.count == 3)
        #expect(!sentences.contains { $0.contains("⟦") }, "\(sentences)")
        guard language == .english else { return }
        #expect(
            sentences[2] == "Who wants to create a vcluster needs the agreement of 1 person with the role “Admin”. "
                + "After 7 days the request expires.",
            "\(sentences[2])"
        )
    }
}
