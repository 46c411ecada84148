import HTTPCore
import JSON
import Portal
import PortalTesting
import Testing

@testable import PortalWeb

struct VClusterPageTests {
    /// A running vcluster of the payments team.
    private static func running(_ portal: TestPortal, _ name: String) async throws -> VCluster {
        let change = try await portal.payments(name)
        return try await portal.settled(change)
    }

    @Test func page_showsWhatTheRolePermits() async throws {
        try await withPortal(.working) { portal in
            let vcluster = try await Self.running(portal, "checkout")
            let path = "/vclusters/\(vcluster.id)"

            let member = try await Browser(portal, as: .member).open(path)
            let viewer = try await Browser(portal, as: .viewer).open(path)
            let stranger = try await Browser(portal, as: .stranger).open(path)

            #expect(member.html.contains("Running"))
            #expect(member.html.contains("action=\"\(path)/suspend\""))
            #expect(member.html.contains("action=\"\(path)/scale\""))
            #expect(member.html.contains("action=\"\(path)/delete\""))
            #expect(member.html.contains("href=\"\(path)/kubeconfig\""))
            #expect(viewer.status == 200)
            #expect(!viewer.html.contains("action=\"\(path)/"))
            #expect(!viewer.html.contains("\(path)/kubeconfig"))
            #expect(stranger.status == 404)
        }
    }

    @Test(arguments: [
        ("en", "The access rule “Closed” forbids this until somebody changes it."), ("zh-Hans", "访问规则“Closed”禁止这样做"),
    ])
    func actions_thatARuleRefusesAreGreyWithTheReason(language: String, reason: String) async throws {
        try await withPortal(.working) { portal in
            let vcluster = try await Self.running(portal, "checkout")
            let path = "/vclusters/\(vcluster.id)"
            let rule = try await portal.services.accessRules.create(
                [
                    "name": "Closed", "effect": "deny",
                    "permissions": [
                        "vclusters.suspend", "vclusters.delete", "vclusters.kubeconfig", "vclusters.create",
                    ],
                    "subject": ["kind": "role", "reference": "member"],
                ],
                at: portal.organization.payments.id,
                as: portal.organization.manager
            )

            let bound = try await Browser(portal, as: .member, language: language).open(path)
            let free = try await Browser(portal, as: .manager).open(path)
            try await portal.services.accessRules.delete(rule.id, as: portal.organization.manager)
            let after = try await Browser(portal, as: .member).open(path)

            for kind in ["suspend", "delete", "clone"] {
                #expect(!bound.html.contains("action=\"\(path)/\(kind)\""), "\(kind) can be pressed")
                #expect(bound.html.contains("disabled aria-describedby=\"blocked-\(kind)\""))
            }
            #expect(bound.html.contains("title=\"\(reason)") && bound.html.contains("action=\"\(path)/scale\""))
            #expect(!bound.html.contains("href=\"\(path)/kubeconfig\""))
            #expect(free.html.contains("action=\"\(path)/suspend\"") && !free.html.contains("blocked-"))
            #expect(after.html.contains("action=\"\(path)/suspend\"") && !after.html.contains("blocked-"))
        }
    }

    @Test func clone_isOpenWhenOnlyTheHostIsClosed() async throws {
        try await withPortal(.working) { portal in
            let vcluster = try await Self.running(portal, "checkout")
            _ = try await portal.services.accessRules.create(
                [
                    "name": "Host in repair", "effect": "deny",
                    "permissions": ["vclusters.create", "vclusters.suspend"],
                    "conditions": ["hostIds": [vcluster.hostID.json]],
                ],
                at: portal.organization.root.id,
                as: portal.organization.admin
            )

            let page = try await Browser(portal, as: .member).open("/vclusters/\(vcluster.id)")

            #expect(page.html.contains("action=\"/vclusters/\(vcluster.id)/clone\""), "the copy may go elsewhere")
            #expect(page.html.contains("blocked-suspend"))
        }
    }

    @Test func suspendAndResume_comeBackToThePageWithAMessage() async throws {
        try await withPortal(.working) { portal in
            let vcluster = try await Self.running(portal, "checkout")
            let browser = try await Browser(portal, as: .member)
            let path = "/vclusters/\(vcluster.id)"
            let page = try await browser.open(path)

            let answer = try await browser.submit("\(path)/suspend", [], on: page)
            let flash = answer.headers["Set-Cookie"] ?? ""
            let cookie = (browser.client.headers["Cookie"] ?? "") + "; portal_flash=suspend"
            let after = try await browser.open(path, headers: ["Cookie": cookie])

            #expect(answer.status == 303)
            #expect(answer.location == path)
            #expect(flash.hasPrefix("portal_flash=suspend"))
            #expect(after.html.contains("Suspending has started."))
            #expect((after.headers["Set-Cookie"] ?? "").contains("Max-Age=0"))
        }
    }

    @Test func scale_showsWhatIsWrongInTheForm() async throws {
        try await withPortal(.working) { portal in
            let vcluster = try await Self.running(portal, "checkout")
            let browser = try await Browser(portal, as: .member)
            let path = "/vclusters/\(vcluster.id)"
            let page = try await browser.open(path)

            let wrong = try await browser.submit("\(path)/scale", [("cpu", "a lot"), ("replicas", "1")], on: page)
            let nothing = try await browser.submit("\(path)/scale", [("replicas", "1")], on: page)
            let right = try await browser.submit("\(path)/scale", [("cpu", "4"), ("replicas", "1")], on: page)

            #expect(wrong.status == 400)
            #expect(wrong.html.contains("value=\"a lot\""))
            #expect(wrong.html.contains("aria-describedby=\"scale-cpu-error\""))
            #expect(wrong.html.contains("<details class=\"menu\" open>"))
            #expect(nothing.html.contains("Change at least one value."))
            #expect(right.location == path)
        }
    }

    @Test func clone_leadsToItsOperationAndKeepsWhatWasTyped() async throws {
        try await withPortal(.working) { portal in
            let vcluster = try await Self.running(portal, "checkout")
            let browser = try await Browser(portal, as: .member)
            let path = "/vclusters/\(vcluster.id)"
            let page = try await browser.open(path)

            let taken = try await browser.submit("\(path)/clone", [("name", "checkout")], on: page)
            let right = try await browser.submit("\(path)/clone", [("name", "checkout-copy")], on: page)

            #expect(page.html.contains("value=\"checkout-copy\""))
            #expect(taken.status == 409)
            #expect(taken.html.contains("<details class=\"menu\" open>"))
            #expect(taken.html.contains("aria-describedby=\"clone-name-error clone-name-hint\""))
            #expect(right.location?.hasPrefix("/operations/") == true)
        }
    }

    @Test func scale_keepsWhatWasTypedWhenAQuotaHasNoRoom() async throws {
        try await withPortal(.working) { portal in
            let vcluster = try await Self.running(portal, "checkout")
            try await portal.limitPayments(["cpu": "3"])
            let browser = try await Browser(portal, as: .member)
            let path = "/vclusters/\(vcluster.id)"
            let page = try await browser.open(path)

            let refused = try await browser.submit("\(path)/scale", [("cpu", "16"), ("replicas", "1")], on: page)

            #expect(refused.status == 422)
            #expect(refused.html.contains("value=\"16\""))
            #expect(refused.html.contains("Payments: at most 3 of CPU"))
        }
    }

    @Test func delete_leadsToItsOperation() async throws {
        try await withPortal(.working) { portal in
            let vcluster = try await Self.running(portal, "checkout")
            let browser = try await Browser(portal, as: .member)
            let page = try await browser.open("/vclusters/\(vcluster.id)")

            let answer = try await browser.submit(
                "/vclusters/\(vcluster.id)/delete",
                [("gracePeriod", "graceNone")],
                on: page
            )
            let operation = try await browser.open(try #require(answer.location))

            #expect(answer.location?.hasPrefix("/operations/") == true)
            #expect(operation.html.contains("Remove checkout for good"))
        }
    }

    @Test func kubeconfig_isAFile() async throws {
        try await withPortal(.working) { portal in
            let vcluster = try await Self.running(portal, "checkout")

            let file = try await Browser(portal, as: .member).open("/vclusters/\(vcluster.id)/kubeconfig")
            let refused = try await Browser(portal, as: .viewer).open("/vclusters/\(vcluster.id)/kubeconfig")

            #expect(file.status == 200)
            #expect(file.headers["Content-Disposition"] == "attachment; filename=\"checkout.kubeconfig.yaml\"")
            #expect(refused.status == 403)
        }
    }

    @Test func operation_showsItsStepsAndCanBeCancelled() async throws {
        try await withPortal { portal in
            let change = try await portal.payments("checkout")
            let browser = try await Browser(portal, as: .member)
            let path = "/operations/\(change.operation.id)"

            let page = try await browser.open(path)
            let stranger = try await Browser(portal, as: .stranger).open(path)
            let answer = try await browser.submit("\(path)/cancel", [], on: page)
            let after = try await browser.open(path)

            #expect(page.html.contains("<progress"))
            #expect(page.html.contains("Wait until the control plane is ready"))
            #expect(page.html.contains("sse-connect=\"/api/v1/operations/\(change.operation.id)/events\""))
            #expect(page.html.contains("<noscript><meta http-equiv=\"refresh\""))
            #expect(stranger.status == 404)
            #expect(answer.location == path)
            #expect(after.html.contains("Cancelled"))
            #expect(!after.html.contains("sse-connect"))
        }
    }
}

extension TestPortal {
    /// The vcluster once its operation has ended.
    func settled(_ change: VClusterChange) async throws -> VCluster {
        let changes = try await services.changes.subscribe(
            as: organization.admin,
            filter: ChangeFilter(operationID: change.operation.id)
        )
        var operation = try await services.operations.get(change.operation.id, as: organization.admin)
        for try await _ in changes {
            operation = try await services.operations.get(change.operation.id, as: organization.admin)
            if operation.state.isFinal { break }
        }
        #expect(operation.state == .succeeded)
        return try await services.vclusters.get(change.vcluster.id, as: organization.admin)
    }
}

extension TestPortal {
    /// Sets limits of the payments team.
    func limitPayments(_ limits: JSONObject) async throws {
        let path = "/api/v1/tenants/\(organization.payments.id)/quota"
        let answer = try await client(as: .admin).put(path, ["limits": .object(limits)])
        #expect(answer.status == 200, "\(answer.text)")
    }
}
