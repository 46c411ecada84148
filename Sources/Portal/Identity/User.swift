public import FoundationEssentials
public import JSON

/// A person with an account.
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

    /// A user with every value.
    public init(
        id: UserID,
        email: String,
        name: String,
        locale: UserLocale? = nil,
        theme: UserTheme = .system,
        timeZone: String = "UTC",
        disabledAt: Date? = nil,
        createdAt: Date
    ) {
        self.id = id
        self.email = email
        self.name = name
        self.locale = locale
        self.theme = theme
        self.timeZone = timeZone
        self.disabledAt = disabledAt
        self.createdAt = createdAt
    }

    /// True while the user may sign in.
    public var isActive: Bool { disabledAt == nil }
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
            "disabledAt": disabledAt.map { .string(RFC3339.format($0)) } ?? .null,
            "createdAt": .string(RFC3339.format(createdAt)),
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
