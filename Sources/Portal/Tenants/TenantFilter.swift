/// Which tenants are wanted; every condition that is set has to hold.
public struct TenantFilter: Sendable, Hashable {
    /// Children of this tenant.
    public var parentID: TenantID?
    /// A text in the name, without regard to case.
    public var search: String?
    /// Those that were archived, instead of those that live.
    public var isArchived: Bool

    /// Every visible tenant that lives.
    public init(parentID: TenantID? = nil, search: String? = nil, isArchived: Bool = false) {
        self.parentID = parentID
        self.search = search.flatMap { $0.trimmed.isEmpty ? nil : String($0.trimmed.prefix(100)) }
        self.isArchived = isArchived
    }
}
