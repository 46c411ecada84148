@testable import Portal
import PortalTesting
import Testing

struct TenantOutlineTests {
    @Test func outline_beginsWhereTheCallerSees() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database)
            let tenants = TenantService(database: database, time: ManualTime())
            func names(_ outline: TenantOutline, _ caller: Caller) async throws -> [String] {
                try await tenants.outline(outline, as: caller).items.map(\.tenant.name)
            }

            #expect(try await names(.roots, acme.admin) == ["Acme"])
            #expect(try await names(.roots, acme.manager) == ["Engineering"])
            #expect(try await names(.roots, acme.nobody) == [])
            #expect(try await names(.children(acme.root.id), acme.admin) == ["Data", "Engineering"])
            #expect(try await names(.named("a"), acme.stranger) == ["Data"])
            let error = await #expect(throws: PortalError.self) {
                try await tenants.outline(.children(acme.engineering.id), as: acme.stranger)
            }
            #expect(error?.code == .notFound)
            let counts = try await tenants.outline(.children(acme.root.id), as: acme.admin).items.map(\.childCount)
            #expect(counts == [0, 2])
        }
    }

    @Test func outline_pagesByNameAndHidesArchived() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database)
            let tenants = TenantService(database: database, time: ManualTime())
            for name in ["delta", "Alpha", "charlie", "Bravo", "alpha 2"] {
                _ = try await tenants.create(name: name, parentID: acme.data.id, as: acme.admin)
            }
            let gone = try await tenants.create(name: "Able", parentID: acme.data.id, as: acme.admin)
            _ = try await tenants.archive(gone.id, as: acme.admin)

            var names: [String] = []
            var token: String?
            repeat {
                let request = try PageRequest(size: 2, token: token)
                let page = try await tenants.outline(.children(acme.data.id), request, as: acme.admin)
                names += page.items.map(\.tenant.name)
                token = page.nextPageToken
            } while token != nil

            #expect(names == ["Alpha", "alpha 2", "Bravo", "charlie", "delta"])
            let archived = try await tenants.outline(.archived(""), as: acme.admin).items.map(\.tenant.name)
            #expect(archived == ["Able"])
        }
    }

    @Test func lineage_namesTheVisibleAncestors() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database)
            let tenants = TenantService(database: database, time: ManualTime())

            let all = try await tenants.lineage(of: [acme.payments.id, acme.data.id], as: acme.admin)
            let own = try await tenants.lineage(of: [acme.payments.id, acme.data.id], as: acme.manager)

            #expect(all.map(\.name) == ["Acme", "Engineering", "Data", "Payments"])
            #expect(own.map(\.name) == ["Engineering", "Payments"])
        }
    }

    @Test func choices_areThoseWithThePermissionAndFew() async throws {
        try await withDatabase { database in
            let acme = try await TestOrganization.make(in: database)
            let tenants = TenantService(database: database, time: ManualTime())
            let mixed = Caller.make(acme.nobody.user, [(.viewer, acme.root), (.member, acme.payments)])

            let few = try await tenants.choices(holding: .vclustersCreate, as: mixed)
            for index in 0..<PortalLimits.Tenants.choicesMax {
                _ = try await tenants.create(name: "team \(index)", parentID: acme.data.id, as: acme.admin)
            }
            let last = try await tenants.create(name: "last", parentID: acme.payments.id, as: acme.admin)
            let many = try await tenants.choices(holding: .vclustersCreate, including: last.id, as: acme.admin)

            #expect(few.offered.map(\.name) == ["Payments"] && !few.isTruncated)
            #expect(few.lineage.map(\.name) == ["Acme", "Engineering", "Payments"])
            #expect(many.isTruncated)
            #expect(many.offered.count == PortalLimits.Tenants.choicesMax + 1)
            #expect(many.offered.last == last)
        }
    }
}
