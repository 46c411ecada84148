import Foundation
import HTTPCore
import Portal
import PortalTesting
import Testing

@testable import PortalWeb

/// Loans on the page of a tenant: lending, the list, and returning early.
struct LoanPageTests {
    /// Both teams of Engineering have four cores.
    private func limit(_ portal: TestPortal) async throws {
        let acme = portal.organization
        var patch = QuotaLimitsPatch()
        patch.limits = [.cpu: 4000]
        for team in [acme.payments, acme.platform] {
            _ = try await portal.services.quotas.setLimits(patch, of: team.id, as: acme.admin)
        }
    }

    private static let tomorrow = CalendarDay(Date().addingTimeInterval(86_400), in: .gmt)

    @Test func loan_isLentListedAndReturned() async throws {
        try await withPortal { portal in
            try await limit(portal)
            let acme = portal.organization
            let browser = try await Browser(portal, as: .manager)
            let path = "/tenants/\(acme.payments.id)"

            let before = try await browser.open(path)
            let lent = try await browser.submit(
                path + "/loans",
                [
                    "toTenantId": "\(acme.platform.id)", "amounts.cpu": "1500m", "amounts.memory": "",
                    "until": "\(Self.tomorrow)", "reason": "load test",
                ]
            )
            let page = try await browser.open(path)
            let other = try await browser.open("/tenants/\(acme.platform.id)")
            let id = try #require(page.html.firstMatch(of: /name="loan" value="([^"]*)"/).map { String($0.output.1) })
            let returned = try await browser.submit(path + "/loans/return", ["loan": id])
            let after = try await browser.open(path)

            #expect(before.html.contains("id=\"lend-cpu\"") && before.html.contains(">Platform</option>"))
            #expect(!before.html.contains("id=\"lend-memory\""), "what has no limit cannot be lent")
            #expect(lent.status == 303 && lent.location == path + "#loans")
            #expect(page.html.contains("load test") && page.html.contains("1.5 lent"))
            #expect(other.html.contains("borrowed from") && other.html.contains("1.5 borrowed"))
            #expect(returned.status == 303)
            #expect(!after.html.contains("name=\"loan\"") && after.html.contains("Returned"))
            let loan = try await portal.services.quotas.loans(of: acme.payments.id, as: acme.admin).items.first
            #expect(loan?.endsAt == Self.tomorrow.end(in: .gmt), "the last day counts to its end")
        }
    }

    @Test func refusals_keepWhatWasTyped() async throws {
        try await withPortal { portal in
            try await limit(portal)
            let acme = portal.organization
            let browser = try await Browser(portal, as: .manager)
            let path = "/tenants/\(acme.payments.id)/loans"

            let much = try await browser.submit(
                path,
                [
                    "toTenantId": "\(acme.platform.id)", "amounts.cpu": "40", "until": "\(Self.tomorrow)",
                    "reason": "load test",
                ]
            )
            let empty = try await browser.submit(path, ["amounts.cpu": "plenty", "until": "soon"])

            #expect(much.status == 400 && much.html.contains("value=\"40\""))
            #expect(much.html.contains("<details class=\"menu\" open"))
            #expect(much.html.contains("selected>Platform</option>"))
            #expect(empty.status == 400 && empty.html.contains("value=\"plenty\""))
            #expect(empty.html.matches(of: /aria-invalid="true"/).count == 3)
            #expect(try await portal.services.quotas.loans(of: acme.payments.id, as: acme.admin).items.isEmpty)
        }
    }

    @Test func loans_areForThoseWhoMaySeeThem() async throws {
        try await withPortal { portal in
            try await limit(portal)
            let acme = portal.organization
            let path = "/tenants/\(acme.payments.id)"
            let form = [
                "toTenantId": "\(acme.platform.id)", "amounts.cpu": "1", "until": "\(Self.tomorrow)", "reason": "x",
            ]

            let member = try await Browser(portal, as: .member)
            let shown = try await member.open(path)
            let forbidden = try await member.submit(path + "/loans", form)
            let stranger = try await Browser(portal, as: .stranger)
            let unseen = try await stranger.submit(path + "/loans", form)
            let unknown = try await stranger.submit(path + "/loans/return", ["loan": "\(QuotaLoanID())"])

            #expect(!shown.html.contains("id=\"loans\""))
            #expect(forbidden.status == 403)
            #expect(unseen.status == 404 && unknown.status == 404)
        }
    }

    @Test func archiving_saysInChineseWhatStandsAgainstIt() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            let browser = try await Browser(portal, as: .manager, language: "zh-Hans")

            _ = try await portal.payments("checkout")
            let full = try await browser.submit("/tenants/\(acme.payments.id)/archive", [:])

            #expect(full.status == 409 && full.html.contains("虚拟集群 1 个"))
        }
    }
}
