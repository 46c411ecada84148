import FoundationEssentials
import HTTPCore
import Portal
import PortalTesting
import Testing

@testable import PortalWeb

struct AuditPageTests {
    @Test func log_speaksTheLanguageOfTheReader() async throws {
        try await withPortal { portal in
            _ = try await portal.payments("checkout")

            let english = try await Browser(portal, as: .auditor).open("/audit")
            let chinese = try await Browser(portal, as: .auditor, language: "zh-CN").open("/audit")

            #expect(english.html.contains("<span class=\"cell-title\">Create vcluster</span>"))
            #expect(chinese.html.contains("<span class=\"cell-title\">虚拟集群：创建</span>"))
            #expect(chinese.html.contains("checkout<span class=\"cell-note\">虚拟集群</span>"))
            #expect(!chinese.html.contains(">vcluster.create<"))
        }
    }

    @Test func verb_thatIsNotKnownIsShownAsItIs() throws {
        let writer = try PageRendering.renderer().localizer(.english, timeZone: "UTC", now: SamplePages.now)

        #expect(writer.auditVerb("vcluster.levitate") == "vcluster.levitate")
        #expect(writer.auditVerb("odd") == "odd")
        #expect(writer.auditKind("spaceship") == "spaceship")
    }

    @Test func filters_narrowTheLog() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            _ = try await portal.payments("checkout")
            _ = try await portal.services.vclusters.create(
                NewVCluster(tenantID: acme.data.id, name: "lake"),
                as: acme.stranger
            )
            let browser = try await Browser(portal, as: .auditor)
            let today = CalendarDay(portal.services.time.now(), in: .gmt)
            func names(_ query: String) async throws -> [String] {
                let page = try await browser.open("/audit?\(query)")
                #expect(page.status == 200)
                return ["checkout<", "lake<"].filter(page.html.contains)
            }

            #expect(try await names("verb=vcluster.create") == ["checkout<", "lake<"])
            #expect(try await names("tenant=\(acme.engineering.id)") == ["checkout<"])
            #expect(try await names("person=STRANGER%40acme.example") == ["lake<"])
            #expect(try await names("person=unknown%40acme.example") == [])
            #expect(try await names("verb=vcluster.delete") == [])
            #expect(try await names("since=\(today)&until=\(today)") == ["checkout<", "lake<"])
            #expect(try await names("until=2001-01-01") == [])
        }
    }

    @Test func pager_keepsTheFilters() async throws {
        try await withPortal { portal in
            for index in 0..<60 { _ = try await portal.payments("c\(index)") }
            let browser = try await Browser(portal, as: .auditor)
            let filters = "person=member%40acme.example&verb=vcluster.create&since=2001-01-01"

            let first = try await browser.open("/audit?\(filters)")
            let link = try #require(first.html.firstMatch(of: /rel="next" href="([^"]+)"/)?.output.1)
            let next = String(link).replacing("&amp;", with: "&")
            let second = try await browser.open(next)

            #expect(next.contains("\(filters)&page="))
            #expect(second.html.matches(of: /cell-title">Create vcluster</).count == 10)
            #expect(second.html.contains("value=\"member@acme.example\""))
            #expect(second.html.contains("value=\"vcluster.create\" selected"))
            #expect(second.html.contains("name=\"since\" type=\"date\" value=\"2001-01-01\""))
        }
    }
}
