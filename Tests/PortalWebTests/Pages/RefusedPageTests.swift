import HTTPCore
import JSON
import Portal
import PortalTesting
import Postgres
import Testing

@testable import PortalWeb

/// What a reader sees after something was refused, and where they get to from there.
struct RefusedPageTests {
    @Test func page_ofARefusedFormIsThatOfItsForm() async throws {
        try await withPortal { portal in
            let change = try await portal.payments("checkout")
            try await portal.limitPayments(["vclusters": 1])
            let browser = try await Browser(portal, as: .member)
            let path = "/vclusters/\(change.vcluster.id)"
            let page = try await browser.open(path)

            let refused = try await browser.submit("\(path)/clone", [("name", "copy")], on: page)

            #expect(refused.status == 422)
            #expect(refused.html.contains("name=\"next\" value=\"\(path)\""))
            #expect(page.html.contains("http-equiv=\"refresh\""))
            #expect(!refused.html.contains("http-equiv=\"refresh\""), "what was typed would be gone")
        }
    }

    @Test func wizard_comesBackWithWhatWasTyped() async throws {
        try await withPortal { portal in
            try await portal.limitPayments(["vclusters": 0])
            let browser = try await Browser(portal, as: .member)
            let page = try await browser.open("/vclusters/new")
            let tenant = portal.organization.payments.id.description
            let input = [("templateId", "blank"), ("name", "checkout"), ("tenantId", tenant), ("size", "small")]

            let refused = try await browser.submit("/vclusters/new", input, on: page)
            let next = try #require(refused.html.firstMatch(of: /name="next" value="([^"]+)"/)?.output.1)
            let again = try await browser.open(String(next).replacing("&amp;", with: "&"))

            #expect(refused.status == 422)
            #expect(again.status == 200)
            #expect(again.html.contains("name=\"name\" value=\"checkout\""))
        }
    }

    /// After a refusal the address line holds the address of the form.
    @Test func address_ofEveryFormCanBeOpened() async throws {
        try await withPortal { portal in
            let browser = try await Browser(portal, as: .admin)
            let forms = portal.application.routes.filter { $0.method == .post && $0.pattern.audience == .page }

            for (_, pattern) in forms {
                let path = pattern.rawValue.replacing(/\{[^}]*\}/, with: VClusterID().description)
                let answer = try await browser.open(path)
                #expect(answer.status != 405, "GET \(path)")
            }

            let id = VClusterID()
            #expect(try await browser.open("/vclusters/\(id)/clone").location == "/vclusters/\(id)")
        }
    }

    @Test(arguments: [
        ("suspend", TestPersona.member, 409, "PENDING"), ("undelete", .member, 409, "PENDING"),
        ("suspend", .viewer, 403, "vclusters.suspend"), ("delete", .viewer, 403, "vclusters.delete"),
    ])
    func action_thatIsRefusedLeavesThePage(
        action: String,
        persona: TestPersona,
        status: Int,
        reason: String
    ) async throws {
        try await withPortal { portal in
            let change = try await portal.payments("checkout")
            let browser = try await Browser(portal, as: persona)
            let path = "/vclusters/\(change.vcluster.id)"
            let page = try await browser.open(path)

            let refused = try await browser.submit("\(path)/\(action)", [], on: page)

            #expect(refused.status == status)
            #expect(refused.html.contains("<h1>checkout</h1>"))
            #expect(refused.notice?.contains(reason) == true, "\(refused.notice ?? "no notice")")
        }
    }

    @Test func resume_withoutRoomNamesTheQuota() async throws {
        try await withPortal(.working) { portal in
            let vcluster = try await portal.settled(try await portal.payments("checkout"))
            let browser = try await Browser(portal, as: .member)
            let path = "/vclusters/\(vcluster.id)"
            var page = try await browser.open(path)
            _ = try await browser.submit("\(path)/suspend", [], on: page)
            try await portal.settle(vcluster.id)
            try await portal.limitPayments(["cpu": "0"])

            page = try await browser.open(path)
            let refused = try await browser.submit("\(path)/resume", [], on: page)

            #expect(refused.status == 422)
            #expect(refused.html.contains("<h1>checkout</h1>"))
            #expect(refused.notice?.contains("Payments") == true, "\(refused.notice ?? "no notice")")
        }
    }

    @Test func cancel_ofWhatHasEndedLeavesThePage() async throws {
        try await withPortal(.working) { portal in
            let change = try await portal.payments("checkout")
            _ = try await portal.settled(change)
            let browser = try await Browser(portal, as: .member)
            let path = "/operations/\(change.operation.id)"
            let page = try await browser.open(path)

            let refused = try await browser.submit("\(path)/cancel", [], on: page)

            #expect(refused.status == 409)
            #expect(refused.html.contains("id=\"operation-progress\""))
            #expect(refused.notice != nil)
            #expect(refused.html.contains("name=\"next\" value=\"\(path)\""))
        }
    }

    @Test func operation_showsTheEndOfALongLog() async throws {
        try await withPortal { portal in
            let operation = try await portal.payments("checkout").operation.id
            let most = WebLimits.Pages.logLinesMax
            try await portal.database.execute(
                """
                INSERT INTO operation_logs (operation_id, sequence, at, step, line)
                SELECT \(operation), number, now(), 'install', 'line ' || number || '.'
                FROM generate_series(1, \(most + 5)) AS number
                """
            )
            let browser = try await Browser(portal, as: .member)

            let html = try await browser.open("/operations/\(operation)").html

            #expect(html.contains("line 6.\nline 7."))
            #expect(html.contains("line \(most + 5)."))
            #expect(!html.contains("line 5."))
            #expect(html.contains("The newest 2,000 lines. All of them: /api/v1/operations/\(operation)/log"))
        }
    }
}

extension Browser.Page {
    /// The text of the notice that says what went wrong.
    fileprivate var notice: String? {
        html.firstMatch(of: /role="alert"[\s\S]*?notice-title">([^<]*)</).map { String($0.output.1) }
    }
}

extension TestPortal {
    /// Waits until no operation changes a vcluster.
    fileprivate func settle(_ id: VClusterID) async throws {
        let changes = try await services.changes.subscribe(as: organization.admin, filter: ChangeFilter(vclusterID: id))
        if try await services.vclusters.get(id, as: organization.admin).activeOperationID == nil { return }
        for await _ in changes
        where try await services.vclusters.get(id, as: organization.admin).activeOperationID == nil {
            return
        }
    }
}
