import HTTPCore
import JSON
@testable import Portal
import PortalTesting
import Testing

@testable import PortalWeb

struct QuotaPageTests {
    @Test func tenant_showsBarsAndTheSameNumbers() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            var patch = QuotaLimitsPatch()
            patch.limits = [.cpu: 8_000, .vclusters: 4]
            _ = try await portal.services.quotas.setLimits(patch, of: acme.engineering.id, as: acme.admin)

            let manager = try await Browser(portal, as: .manager).open("/tenants/\(acme.payments.id)")
            let admin = try await Browser(portal, as: .admin).open("/tenants/\(acme.engineering.id)")

            #expect(manager.html.contains("<svg class=\"quota-bar") && manager.html.contains(">Engineering</a>"))
            #expect(manager.html.contains("/tenants/\(acme.payments.id)/quota"))
            #expect(admin.html.contains("this tenant"))
            let own = try await Browser(portal, as: .manager).open("/tenants/\(acme.engineering.id)")
            #expect(!own.html.contains("/tenants/\(acme.engineering.id)/quota\""), "nobody raises their own")
        }
    }

    @Test func limits_areLookedAtBeforeTheyAreSaved() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            let browser = try await Browser(portal, as: .manager)
            let path = "/tenants/\(acme.payments.id)/quota"

            let unseen = try await browser.submit(path, ["limits.cpu": "4", "go": "save", "version": "\"0\""])
            let looked = try #require(
                unseen.html.firstMatch(of: /name="looked" value="([^"]*)"/).map { String($0.output.1) }
            )
            let report = try await portal.services.quotas.report(of: acme.payments.id, as: acme.admin)
            let saved = try await browser.submit(
                path,
                ["limits.cpu": "4", "go": "save", "version": "\"0\"", "looked": looked]
            )
            let changed = try await browser.submit(
                path,
                ["limits.cpu": "5", "go": "save", "version": "\"1\"", "looked": looked]
            )

            #expect(unseen.status == 200 && unseen.html.contains("Nothing breaks"))
            #expect(report.limits[.cpu].amount == nil, "a look changes nothing")
            #expect(saved.status == 303 && saved.location == "/tenants/\(acme.payments.id)#quota")
            #expect(changed.status == 200, "what was not looked at is not saved")
            let after = try await portal.services.quotas.report(of: acme.payments.id, as: acme.admin)
            #expect(after.limits[.cpu].amount == 4_000)
        }
    }

    @Test func extendedResources_comeIntoTheFormByName() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            let browser = try await Browser(portal, as: .manager)
            let path = "/tenants/\(acme.payments.id)/quota"
            let slice = QuotaDimension.extended("nvidia.com/mig-1g.5gb")

            let wrong = try await browser.submit(
                path,
                ["newResource": "cpu", "newLimit": "4", "go": "preview", "version": "\"0\""]
            )
            let looked = try await browser.submit(
                path,
                ["newResource": " nvidia.com/mig-1g.5gb ", "newLimit": "4", "go": "preview", "version": "\"0\""]
            )
            let seen = try #require(looked.html.firstMatch(of: /name="looked" value="([^"]*)"/)).output.1
            let saved = try await browser.submit(
                path,
                [
                    "limits.nvidia.com/mig-1g.5gb": "4", "go": "save", "version": "\"0\"", "looked": String(seen),
                    "newResource": "", "newLimit": "",
                ]
            )

            #expect(wrong.status == 400 && wrong.html.contains("value=\"cpu\""))
            #expect(wrong.html.contains("href=\"#new-resource\""))
            #expect(looked.status == 200 && looked.html.contains("name=\"limits.nvidia.com/mig-1g.5gb\""))
            #expect(saved.status == 303)
            let after = try await portal.services.quotas.report(of: acme.payments.id, as: acme.admin)
            #expect(after.limits[slice].amount == 4)
            #expect(try await browser.open(path).html.contains("nvidia.com/mig-1g.5gb</legend>"))
        }
    }

    @Test func extendedResources_inUseNeedNoTyping() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            let slice = "nvidia.com/mig-1g.5gb"
            _ = try await portal.services.vclusters.create(
                NewVCluster(
                    tenantID: acme.payments.id,
                    name: "training",
                    spec: ["quota": ["cpu": "1", "extended": .object([slice: 2])]]
                ),
                as: acme.member
            )
            let browser = try await Browser(portal, as: .manager)
            let path = "/tenants/\(acme.payments.id)/quota"

            let tenant = try await browser.open("/tenants/\(acme.payments.id)")
            let above = try await browser.open("/tenants/\(acme.engineering.id)")
            let form = try await browser.open(path)
            let fields = ["limits.\(slice)": "4", "version": "\"0\""]
            let looked = try await browser.submit(path, fields.merging(["go": "preview"]) { $1 })
            let seen = try #require(looked.html.firstMatch(of: /name="looked" value="([^"]*)"/)).output.1
            let saved = try await browser.submit(
                path,
                fields.merging(["go": "save", "looked": String(seen)]) { $1 }
            )
            let bar = try await browser.open("/tenants/\(acme.payments.id)")

            #expect(tenant.html.contains(">\(slice)<") && above.html.contains(">\(slice)<"))
            #expect(form.html.contains("name=\"limits.\(slice)\""))
            #expect(saved.status == 303)
            #expect(bar.html.contains("aria-label=\"2 of 4 used, 2 left\""))
        }
    }

    @Test func extendedResources_areBoundedToTheMostUsed() {
        let rows = (1...30).map { number in
            var row = QuotaReport.Row.sample(.extended("example.com/r\(number)"))
            row.used = Int64(number)
            return row
        }

        let (shown, omitted) = QuotaReport.mostUsed(rows)

        #expect(shown.count == WebLimits.Pages.extendedRowsMax && omitted == 30 - shown.count)
        #expect(shown.allSatisfy { $0.used > Int64(omitted) })
    }

    @Test func refusals_keepWhatWasTyped() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            let browser = try await Browser(portal, as: .manager)

            let wrong = try await browser.submit(
                "/tenants/\(acme.payments.id)/quota",
                ["limits.cpu": "plenty", "overcommit.memory": "0.5", "go": "preview"]
            )
            let own = try await browser.open("/tenants/\(acme.engineering.id)/quota")
            let stranger = try await Browser(portal, as: .stranger).open("/tenants/\(acme.payments.id)/quota")

            #expect(wrong.status == 400 && wrong.html.contains("value=\"plenty\""))
            #expect(wrong.html.matches(of: /aria-invalid="true"/).count == 2)
            #expect(own.status == 403)
            #expect(stranger.status == 404)
        }
    }

    @Test func limitsBelowUse_areToldAndAllowed() async throws {
        try await withPortal { portal in
            let acme = portal.organization
            _ = try await portal.payments("checkout")
            let browser = try await Browser(portal, as: .manager)

            let page = try await browser.submit(
                "/tenants/\(acme.payments.id)/quota",
                ["limits.vclusters": "0", "go": "preview"]
            )

            #expect(page.status == 200 && page.html.contains("1 rule would break"))
            #expect(page.html.contains("name=\"looked\""))
        }
    }
}

extension QuotaReport.Row {
    /// A resource that nobody uses or limits.
    fileprivate static func sample(_ dimension: QuotaDimension) -> QuotaReport.Row {
        QuotaReport.Row(
            dimension: dimension,
            limit: QuotaLimit(),
            own: 0,
            used: 0,
            guaranteed: 0,
            batch: 0,
            reserved: 0,
            headroom: nil,
            boundedBy: nil
        )
    }
}
