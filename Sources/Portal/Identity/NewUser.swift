/// What an account is made from.
public struct NewUser: Sendable {
    /// The address; it is stored in lower case.
    public var email: String
    /// The name as shown to others.
    public var name: String
    /// The password; nil makes an account that cannot sign in with one.
    public var password: String?
    /// The language; nil follows the browser.
    public var locale: UserLocale?
    /// An IANA time zone.
    public var timeZone: String

    /// An account with the given values.
    public init(
        email: String,
        name: String,
        password: String?,
        locale: UserLocale? = nil,
        timeZone: String = "UTC"
    ) {
        self.email = email
        self.name = name
        self.password = password
        self.locale = locale
        self.timeZone = timeZone
    }
}

/// What users change about themselves; take the present values and change some.
public struct UserPreferences: Sendable, Hashable {
    /// The name as shown to others.
    public var name: String
    /// The language; nil follows the browser.
    public var locale: UserLocale?
    /// Light, dark, or as the system says.
    public var theme: UserTheme
    /// An IANA time zone.
    public var timeZone: String
    /// The days on which the user is away; nil for none.
    public var away: AwayDays?

    /// The present preferences of a user.
    public init(of user: User) {
        self.name = user.name
        self.locale = user.locale
        self.theme = user.theme
        self.timeZone = user.timeZone
        self.away = user.away
    }

    /// The same with a clean name.
    ///
    /// - Throws: `PortalError` `.invalidArgument` on `name` or `timeZone`.
    func checked() throws(PortalError) -> UserPreferences {
        var errors = FieldErrors()
        var checked = self
        checked.name = TextRules.line(
            name,
            field: "name",
            lengthMax: PortalLimits.Identity.nameLengthMax,
            errors: &errors
        )
        IdentityService.checkTimeZone(timeZone, errors: &errors)
        try errors.throwIfAny()
        return checked
    }
}

/// A role of the caller with the name of its tenant, for people.
public struct Membership: Sendable, Hashable {
    /// Where the role is held.
    public let tenantID: TenantID
    /// The name of that tenant.
    public let tenantName: String
    /// The tenant and its ancestors, root first.
    public let tenantPath: [TenantID]
    /// The role with what it permits; inside of the scope of the caller's token.
    public let binding: RoleBinding
    /// The group that gives the role; nil for one that the caller holds directly or through the token.
    public let groupName: String?
}
