/// What an identity provider is for, as the operator configured it (docs/sign-in.md).
public struct IdentityProviderSettings: Sendable, Hashable {
    /// Its word in addresses: 1 to 32 of `a-z` and `0-9`.
    public let id: String
    /// The text of its button in English.
    public var buttonEnglish: String
    /// The text of its button in Chinese.
    public var buttonChinese: String
    /// Whether an account is made for somebody who has none.
    public var createsUsers = true
    /// Whether somebody with a verified e-mail gets the account that has this e-mail already.
    public var linksByEmail = false
    /// What the groups of the provider mean.
    public var groupRules: [ProviderGroupRule] = []

    /// A provider that makes accounts and maps no group.
    public init(id: String, buttonEnglish: String, buttonChinese: String) {
        self.id = id
        self.buttonEnglish = buttonEnglish
        self.buttonChinese = buttonChinese
    }

    /// Whether a text can be the id of a provider.
    public static func isValidID(_ text: String) -> Bool {
        (1...32).contains(text.utf8.count)
            && text.utf8.allSatisfy {
                (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0)
                    || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
            }
    }
}

/// A group of the provider that stands for a role at a tenant.
public struct ProviderGroupRule: Sendable, Hashable {
    /// The group as the provider names it.
    public let group: String
    /// The role.
    public let role: GivenRole
    /// Where the role is held.
    public let place: Place

    /// A tenant as an operator names it.
    public enum Place: Sendable, Hashable {
        /// By its id.
        case id(TenantID)
        /// By the names from the root down; compared without regard to case.
        case path([String])
    }

    /// A role as an operator names it.
    public enum GivenRole: Sendable, Hashable {
        /// A built-in one.
        case builtIn(Role)
        /// One of the organization's own, by its id.
        case id(RoleID)
        /// One of the organization's own, by its name; compared without regard to case.
        case name(String)
    }

    /// A rule.
    public init(group: String, role: GivenRole, place: Place) {
        self.group = group
        self.role = role
        self.place = place
    }

    /// Reads `GROUP=ROLE@TENANT`, where the tenant is an id or names such as `Acme/Engineering`; nil for anything else.
    ///
    /// The role is the name of a built-in one, or the id or the name of another. Whether there is such a role and tenant is
    /// for the database to say, see `ProviderSignInService.missing()`. The group may have `=` in it, as the names of LDAP do:
    /// the last one counts.
    public init?(parsing text: String) {
        guard let equals = text.lastIndex(of: "="), let at = text[equals...].firstIndex(of: "@") else { return nil }
        let group = String(text[..<equals]).trimmed
        let place = String(text[text.index(after: at)...]).trimmed
        let role = String(text[text.index(after: equals)..<at]).trimmed
        guard !group.isEmpty, !role.isEmpty, !place.isEmpty else { return nil }
        self.group = group
        self.role = Role(rawValue: role).map { .builtIn($0) } ?? RoleID(role).map { .id($0) } ?? .name(role)
        self.place =
            TenantID(place).map { .id($0) }
            ?? .path(place.split(separator: "/").map { String($0).trimmed.lowercased() })
    }
}
