/// Which tenants are wanted; every condition that is set has to hold.
public struct TenantFilter: Sendable, Hashable {
    /// Children of this tenant.
    public var parentID: TenantID?
    /// A text in the name, without regard to case.
    public var search: String?

    /// Every visible tenant.
    public init(parentID: TenantID? = nil, search: String? = nil) {
        self.parentID = parentID
        self.search = search.flatMap { $0.trimmed.isEmpty ? nil : String($0.trimmed.prefix(100)) }
    }
}
