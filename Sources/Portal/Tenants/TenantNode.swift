import Postgres

/// A tenant as a tree shows it: with what a reader has to know before opening it.
public struct TenantNode: Sendable, Hashable {
    /// The tenant.
    public let tenant: Tenant
    /// How many live tenants are right below.
    public let childCount: Int
    /// Its name as the database sorts it, for the page after this one.
    let sortName: String

    /// A tenant with what is below it.
    public init(tenant: Tenant, childCount: Int) {
        self.init(tenant: tenant, childCount: childCount, sortName: tenant.name.lowercased())
    }

    init(tenant: Tenant, childCount: Int, sortName: String) {
        self.tenant = tenant
        self.childCount = childCount
        self.sortName = sortName
    }
}

extension TenantNode {
    /// Reads the columns of `TenantOutlineQueries.page`.
    init(row: PostgresRow) throws {
        self.init(
            tenant: try Tenant(row: row),
            childCount: try row.decode("child_count"),
            sortName: try row.decode("sort_name")
        )
    }
}

/// Which part of the tree is wanted, one page at a time, by name.
public enum TenantOutline: Sendable, Hashable {
    /// The tenants that the caller sees without their parent: the organization, or where their roles begin.
    case roots
    /// The live tenants right below one.
    case children(TenantID)
    /// The live ones with a text in their name, wherever they are.
    case named(String)
    /// Those that were archived, with a text in their name unless it is empty.
    case archived(String)
}

/// Tenants to choose from in a form: few enough to be read, with the names of those above them.
public struct TenantChoices: Sendable {
    /// What can be chosen, by place in the tree; at most `PortalLimits.Tenants.choicesMax` and the one chosen before.
    public let offered: [Tenant]
    /// The offered tenants and those above them that the caller sees, shallow ones first.
    public let lineage: [Tenant]
    /// Whether there are more.
    public let isTruncated: Bool

    /// Known choices.
    public init(offered: [Tenant], lineage: [Tenant], isTruncated: Bool = false) {
        self.offered = offered
        self.lineage = lineage
        self.isTruncated = isTruncated
    }
}
