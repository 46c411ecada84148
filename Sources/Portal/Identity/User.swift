public import FoundationEssentials
public import JSON

/// Somebody with an account: a person or a service account.
public struct User: Sendable, Hashable, Identifiable {
    /// The id.
    public let id: UserID
    /// The address, lower-case and unique.
    public let email: String
    /// The name as shown to others.
    public let name: String
    /// The language of the pages; nil follows the browser.
    public let locale: UserLocale?
    /// Light, dark, or as the system says.
    public let theme: UserTheme
    /// An IANA name such as `Europe/Berlin`; pages show times in it.
    public let timeZone: String
    /// When the account was disabled; nil for an active one.
    public let disabledAt: Date?
    /// When the account was made.
    public let createdAt: Date
    /// A person or a program.
    public let kind: Kind
    /// Since when an invited person has not answered; nil as soon as the account has an owner.
    public let invitedAt: Date?
    /// The days on which the person is away; nil for none.
    public let away: AwayDays?
    /// When the person signed in last, by whatever way; nil when never.
    public let signedInAt: Date?
    /// The version of the row; every change of the settings, and disabling and enabling, adds one.
    public let version: Int64

    /// What has an account.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// Somebody who can sign in.
        case person
        /// A program, which acts by API tokens or a client certificate.
        case service
    }

    /// What has become of an account.
    public enum Status: String, Sendable, Hashable, CaseIterable {
        /// Its owner was invited and has not answered.
        case invited
        /// It can be used.
        case active
        /// An admin closed it.
        case disabled
    }

    /// A user with every value.
    public init(
        id: UserID,
        email: String,
        name: String,
        locale: UserLocale? = nil,
        theme: UserTheme = .system,
        timeZone: String = "UTC",
        disabledAt: Date? = nil,
        createdAt: Date,
        kind: Kind = .person,
        invitedAt: Date? = nil,
        away: AwayDays? = nil,
        signedInAt: Date? = nil,
        version: Int64 = 1
    ) {
        self.id = id
        self.email = email
        self.name = name
        self.locale = locale
        self.theme = theme
        self.timeZone = timeZone
        self.disabledAt = disabledAt
        self.createdAt = createdAt
        self.kind = kind
        self.invitedAt = invitedAt
        self.away = away
        self.signedInAt = signedInAt
        self.version = version
    }

    /// The entity tag of this version.
    public var etag: ETag { ETag(version: version) }

    /// True while the user may sign in.
    public var isActive: Bool { disabledAt == nil }

    /// What has become of the account.
    public var status: Status {
        if disabledAt != nil { return .disabled }
        return invitedAt == nil ? .active : .invited
    }
}

extension User: JSONRepresentable {
    /// The schema `User` of openapi.yaml.
    public var json: JSONValue {
        [
            "id": .string(id.description),
            "email": .string(email),
            "name": .string(name),
            "locale": locale.map { .string($0.rawValue) } ?? .null,
            "theme": .string(theme.rawValue),
            "timeZone": .string(timeZone),
            "status": .string(status.rawValue),
            "away": away.map(\.json) ?? .null,
            "disabledAt": disabledAt.map { .string(RFC3339.format($0)) } ?? .null,
            "createdAt": .string(RFC3339.format(createdAt)),
            "lastSignInAt": signedInAt.map { .string(RFC3339.format($0)) } ?? .null,
        ]
    }
}

/// A language that the pages exist in, as a BCP 47 tag.
public enum UserLocale: String, Sendable, Hashable, CaseIterable {
    /// English.
    case english = "en"
    /// Simplified Chinese.
    case simplifiedChinese = "zh-Hans"
}

/// The colours of the pages.
public enum UserTheme: String, Sendable, Hashable, CaseIterable {
    /// As the system of the user says.
    case system
    /// Dark on light.
    case light
    /// Light on dark.
    case dark
}
