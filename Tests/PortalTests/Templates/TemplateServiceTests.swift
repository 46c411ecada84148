import JSON
import Portal
import PortalTesting
import Testing

struct TemplateServiceTests {
    private let spec: JSONValue = ["kubernetesVersion": "v1.31.0", "replicas": 1]

    @Test func create_update_andDelete() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database)
            let templates = TemplateService(database: database, time: ManualTime())

            let new = NewTemplate(name: " Small ", description: "For trying out.", environment: "dev", spec: spec)
            let template = try await templates.create(new, as: acme.admin)
            let changed = try await templates.update(
                template.id,
                TemplateChange(description: "Changed.", environment: "", spec: ["replicas": .null]),
                ifMatch: "\"1\"",
                as: acme.admin
            )

            #expect(template.name == "Small")
            #expect(template.createdBy == acme.admin.user.id)
            #expect(changed.environment == nil)
            #expect(changed.spec == ["kubernetesVersion": "v1.31.0"])
            #expect(changed.version == 2)
            #expect(try await templates.get(template.id, as: acme.viewer) == changed)
            try await templates.delete(template.id, as: acme.admin)
            let error = await #expect(throws: PortalError.self) {
                try await templates.get(template.id, as: acme.viewer)
            }
            #expect(error?.code == .notFound)
        }
    }

    @Test func create_reportsEveryFieldAtOnce() async throws {
        try await withDatabase { database in
            let templates = TemplateService(database: database, time: ManualTime())
            let new = NewTemplate(
                name: "",
                description: String(repeating: "x", count: 2001),
                environment: "moon",
                spec: ["replicas": "many", "colour": "blue"]
            )

            let error = await #expect(throws: PortalError.self) { try await templates.create(new, as: .system("test")) }

            let fields = Set(error?.fields.map(\.field) ?? [])
            #expect(fields.isSuperset(of: ["name", "description", "environment", "spec.replicas", "spec.colour"]))
        }
    }

    @Test func names_areUniqueWithoutRegardToCase() async throws {
        try await withDatabase { database in
            let templates = TemplateService(database: database, time: ManualTime())
            let system = Caller.system("test")
            for name in ["beta", "Alpha", "gamma"] {
                _ = try await templates.ensure(NewTemplate(name: name, spec: spec), as: system)
            }

            let taken = await #expect(throws: PortalError.self) {
                try await templates.create(NewTemplate(name: "ALPHA", spec: spec), as: system)
            }
            let again = try await templates.ensure(NewTemplate(name: "ALPHA", spec: spec), as: system)
            let first = try await templates.list(try PageRequest(size: 2), as: system)
            let second = try await templates.list(try PageRequest(size: 2, token: first.nextPageToken), as: system)

            #expect(taken?.code == .alreadyExists)
            #expect(again.name == "Alpha")
            #expect((first.items + second.items).map(\.name) == ["Alpha", "beta", "gamma"])
        }
    }

    @Test func templates_areReadByMembersAndManagedByAdmins() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database)
            let templates = TemplateService(database: database, time: ManualTime())
            let template = try await templates.create(NewTemplate(name: "Small", spec: spec), as: acme.admin)

            for caller in [acme.manager, acme.member, acme.viewer, acme.nobody] {
                let create = await #expect(throws: PortalError.self) {
                    try await templates.create(NewTemplate(name: "X", spec: spec), as: caller)
                }
                let delete = await #expect(throws: PortalError.self) {
                    try await templates.delete(template.id, as: caller)
                }
                #expect(create?.code == .forbidden)
                #expect(delete?.code == .forbidden)
            }
            #expect(try await templates.list(as: acme.viewer).items.map(\.name) == ["Small"])
            let nobody = await #expect(throws: PortalError.self) { try await templates.list(as: acme.nobody) }
            #expect(nobody?.code == .forbidden)
        }
    }
}
