import HTTPCore
import JSON
import Portal
import PortalTesting
import Testing

@testable import PortalWeb

struct WizardPageTests {
    private static func query(_ fields: [(String, String)]) -> String {
        var items = QueryItems()
        for (name, value) in fields { items.add(name, value) }
        return "/vclusters/new?\(items.encoded)"
    }

    @Test(arguments: [("en", "Payments: at most 3 of CPU"), ("zh-Hans", "Payments：CPU最多 3")])
    func wizard_keepsEverythingWhenAQuotaHasNoRoom(language: String, reason: String) async throws {
        try await withPortal { portal in
            try await portal.limitPayments(["cpu": "3"])
            var browser = try await Browser(portal, as: .member)
            browser.client.headers.set("Accept-Language", language)
            let input = [
                ("templateId", "blank"), ("name", "checkout"),
                ("tenantId", portal.organization.payments.id.description), ("size", "large"), ("labels", "team=a"),
            ]
            let review = try await browser.open(Self.query(input + [("go", "review")]))

            let refused = try await browser.submit("/vclusters/new", input, on: review)

            #expect(refused.status == 422)
            #expect(refused.html.contains(reason), "\(refused.html)")
            #expect(refused.html.contains("type=\"hidden\" name=\"name\" value=\"checkout\""))
            #expect(refused.html.contains("type=\"hidden\" name=\"labels\" value=\"team=a\""))
            #expect(refused.html.contains("value=\"large\" checked"))
        }
    }

    @Test(arguments: ["small", "medium", "large"])
    func wizard_sizesWorkWhereGPUsAreLimited(size: String) async throws {
        try await withPortal { portal in
            try await portal.limitPayments(["gpus": "1"])
            let browser = try await Browser(portal, as: .member)
            let input = [
                ("templateId", "blank"), ("name", "checkout"),
                ("tenantId", portal.organization.payments.id.description), ("size", size),
            ]
            let review = try await browser.open(Self.query(input + [("go", "review")]))

            let made = try await browser.submit("/vclusters/new", input, on: review)
            let unbounded = try await browser.submit(
                "/vclusters/new",
                input.map { ($0.0, $0.0 == "size" ? "custom" : $0.0 == "name" ? "unbounded" : $0.1) },
                on: review
            )

            #expect(made.status == 303, "\(made.html)")
            #expect(unbounded.status == 400 && unbounded.html.contains("id=\"gpus-error\""), "one's own have to say it")
        }
    }

    @Test func size_keepsTheGPUsOfItsTemplate() throws {
        let template = Template(
            id: TemplateID(),
            name: "Training",
            description: "",
            environment: nil,
            spec: ["quota": ["cpu": "1", "gpus": 2]],
            createdAt: SamplePages.now,
            updatedAt: SamplePages.now
        )
        let offer = WizardOffer(
            templates: [template],
            tenants: TenantChoices(offered: [], lineage: []),
            hosts: []
        )
        let query = QueryItems(parsing: "size=small&templateId=\(template.id)")

        let draft = WizardDraft(input: WizardInput(query), offer: offer)

        #expect(draft.spec["quota"]?["gpus"] == 2)
    }

    @Test func wizard_leadsFromTemplateToOperationWithoutScript() async throws {
        try await withPortal { portal in
            let browser = try await Browser(portal, as: .member)
            let tenant = portal.organization.payments.id.description
            let input = [("templateId", portal.template.id.description), ("name", "checkout"), ("tenantId", tenant)]

            let template = try await browser.open("/vclusters/new")
            let name = try await browser.open(Self.query([input[0], ("go", "name")]))
            let size = try await browser.open(Self.query(input + [("go", "size")]))
            let review = try await browser.open(Self.query(input + [("size", "medium"), ("go", "review")]))
            let answer = try await browser.submit("/vclusters/new", input + [("size", "medium")], on: review)

            #expect(template.html.contains("For a quick try."))
            #expect(name.html.contains("name=\"name\""))
            #expect(name.html.contains("type=\"hidden\" name=\"templateId\""))
            #expect(size.html.contains("type=\"hidden\" name=\"name\" value=\"checkout\""))
            #expect(review.html.contains("4 CPU · 16Gi memory · 100Gi storage"))
            #expect(answer.status == 303)
            #expect(answer.location?.hasPrefix("/operations/") == true)
            let made = try await portal.services.vclusters.list(as: portal.organization.member).items
            #expect(made.map(\.name) == ["checkout"])
        }
    }

    @Test func wizard_showsEveryErrorAtItsFieldAndInTheSummary() async throws {
        try await withPortal { portal in
            let browser = try await Browser(portal, as: .manager)

            let page = try await browser.open(
                Self.query([("templateId", "blank"), ("name", "No Good"), ("labels", "team"), ("go", "review")])
            )

            #expect(page.status == 400)
            #expect(page.html.contains("3 things have to be corrected"))
            for field in ["name", "tenantId", "labels"] {
                #expect(page.html.contains("href=\"#\(field)\""), "\(field) is not in the summary")
                #expect(page.html.contains("id=\"\(field)-error\""), "\(field) has no error")
            }
            #expect(page.html.contains("value=\"No Good\""))
        }
    }

    @Test func wizard_goesBackWithoutComplaint() async throws {
        try await withPortal { portal in
            let browser = try await Browser(portal, as: .member)

            let page = try await browser.open(
                Self.query([("templateId", "blank"), ("name", "No Good"), ("go", "template")])
            )

            #expect(page.status == 200)
            #expect(page.html.contains("type=\"hidden\" name=\"name\" value=\"No Good\""))
        }
    }

    @Test func wizard_saysThatTheNameIsTaken() async throws {
        try await withPortal { portal in
            _ = try await portal.payments("checkout")
            let browser = try await Browser(portal, as: .member)
            let page = try await browser.open("/vclusters/new")

            let answer = try await browser.submit(
                "/vclusters/new",
                [
                    ("templateId", "blank"), ("name", "checkout"),
                    ("tenantId", portal.organization.payments.id.description),
                ],
                on: page
            )

            #expect(answer.status == 409)
            #expect(answer.html.contains("The name is taken in this tenant."))
            #expect(answer.html.contains("id=\"name-error\""))
        }
    }

    @Test func wizard_offersOnlyTenantsWhereTheReaderMayCreate() async throws {
        try await withPortal { portal in
            let foreign = portal.organization.data.id.description
            let browser = try await Browser(portal, as: .member)
            let fields = [("templateId", "blank"), ("name", "checkout"), ("tenantId", foreign)]

            let viewer = try await Browser(portal, as: .viewer).open("/vclusters/new")
            let page = try await browser.open("/vclusters/new")
            let answer = try await browser.submit("/vclusters/new", fields, on: page)

            #expect(viewer.html.contains("You cannot create vclusters yet"))
            #expect(answer.status == 400)
            #expect(try await portal.services.vclusters.list(as: portal.organization.admin).items.isEmpty)
        }
    }

    @Test func size_becomesASpec() throws {
        func spec(_ query: String) -> JSONValue {
            let offer = WizardOffer(templates: [], tenants: TenantChoices(offered: [], lineage: []), hosts: [])
            return WizardDraft(input: WizardInput(QueryItems(parsing: query)), offer: offer).spec
        }

        #expect(spec("size=small") == ["quota": ["cpu": "2", "memory": "4Gi", "storage": "20Gi", "gpus": 0]])
        #expect(
            spec("size=custom&cpu=3&pods=7&gpus=x&replicas=2&isolation=full")
                == [
                    "quota": ["cpu": "3", "memory": nil, "storage": nil, "pods": 7, "gpus": "x"], "replicas": 2,
                    "isolation": "full",
                ]
        )
    }

    @Test func field_isFoundByThePathOfTheAPI() {
        #expect(WizardField(path: "spec.quota.cpu") == .cpu)
        #expect(WizardField(path: "labels[\"a b\"]") == .labels)
        #expect(WizardField(path: "spec.backingStore.type") == .backingStore)
        #expect(WizardField(path: "spec.plugins[0].name") == nil)
    }
}
