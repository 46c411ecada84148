@testable import Portal
import PortalTesting
import Testing

struct TenantTreeTests {
    @Test func tree_drawsChildrenAfterTheirParentByName() {
        let root = Tenant.make(name: "Acme")
        let beta = Tenant.make(name: "beta", below: root.path)
        let alpha = Tenant.make(name: "Alpha", below: root.path)
        let leaf = Tenant.make(name: "Leaf", below: alpha.path)

        let tree = TenantTree([beta, leaf, root, alpha])

        #expect(tree.tenants.map(\.name) == ["Acme", "Alpha", "Leaf", "beta"])
        #expect(tree.nodes.map(\.indent) == [0, 1, 2, 1])
        #expect(tree.nodes.map(\.hasChildren) == [true, true, false, false])
        #expect(tree.names(to: leaf.id) == ["Acme", "Alpha", "Leaf"])
        #expect(tree.names(to: TenantID()).isEmpty)
    }

    @Test func tree_startsAtTheVisibleTenants() {
        let root = Tenant.make(name: "Acme")
        let engineering = Tenant.make(name: "Engineering", below: root.path)
        let payments = Tenant.make(name: "Payments", below: engineering.path)
        let data = Tenant.make(name: "Data", below: root.path)

        let tree = TenantTree([engineering, payments, data])

        #expect(tree.tenants.map(\.name) == ["Data", "Engineering", "Payments"])
        #expect(tree.nodes.map(\.indent) == [0, 0, 1])
        #expect(tree.names(to: payments.id) == ["Engineering", "Payments"])
        #expect(TenantTree([]).nodes.isEmpty)
    }
}
