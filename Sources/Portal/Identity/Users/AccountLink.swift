public import FoundationEssentials
public import JSON
import Postgres

/// A link that lets somebody set the password of an account, once.
public struct AccountLink: Sendable, Hashable, Identifiable {
    /// The id, which is no secret.
    public let id: AccountLinkID
    /// What it is for.
    public let kind: Kind
    /// Whose account it opens.
    public let userID: UserID
    /// The e-mail of that account.
    public let email: String
    /// The name of that account.
    public let name: String
    /// Where an invited person gets their first role; nil for a reset.
    public let tenantID: TenantID?
    /// When it was made.
    public let createdAt: Date
    /// When it stops working.
    public let expiresAt: Date
    /// When it was used; nil while it was not.
    public let usedAt: Date?
    /// When it was revoked or replaced by another one; nil while it was not.
    public let revokedAt: Date?

    /// What a link is for.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// The owner of a new account chooses the first password.
        case invitation
        /// The owner of an account chooses another password.
        case passwordReset
    }

    /// What has become of a link.
    public enum State: String, Sendable, Hashable, CaseIterable {
        /// It works.
        case open
        /// It was used.
        case used
        /// It was revoked or replaced.
        case revoked
        /// Nobody used it in time.
        case expired
    }

    /// What has become of it at a time.
    public func state(at time: Date) -> State {
        if usedAt != nil { return .used }
        if revokedAt != nil { return .revoked }
        return expiresAt > time ? .open : .expired
    }
}

extension AccountLink.Kind: PostgresCodable {}

extension AccountLink {
    /// Reads the columns of `AccountLinkQueries`.
    init(row: PostgresRow) throws {
        self.init(
            id: try row.decode("link_id"),
            kind: try row.decode("link_kind"),
            userID: try row.decode("user_id"),
            email: try row.decode("email"),
            name: try row.decode("user_name"),
            tenantID: try row.decode("link_tenant_id"),
            createdAt: try row.decode("link_created_at"),
            expiresAt: try row.decode("link_expires_at"),
            usedAt: try row.decode("used_at"),
            revokedAt: try row.decode("revoked_at")
        )
    }

    /// The schema `Invitation` of openapi.yaml.
    public func json(at time: Date) -> JSONValue {
        [
            "id": id.json,
            "userId": userID.json,
            "email": .string(email),
            "name": .string(name),
            "tenantId": tenantID.map(\.json) ?? .null,
            "state": .string(state(at: time).rawValue),
            "createdAt": .string(RFC3339.format(createdAt)),
            "expiresAt": .string(RFC3339.format(expiresAt)),
        ]
    }
}

/// A link with the secret in it, which is shown this once.
public struct NewAccountLink: Sendable {
    /// The link.
    public let link: AccountLink
    /// The secret: 43 characters, the last part of its address.
    public let secret: String
}

/// What a person is invited with.
public struct NewInvitation: Sendable {
    /// The address of the new account.
    public var email: String
    /// The name as shown to others.
    public var name: String
    /// Where the person gets the role.
    public var tenantID: TenantID
    /// The role, which has to be one that can be given there.
    public var role: RoleReference
    /// The language of the account; nil follows the browser.
    public var locale: UserLocale?
    /// The IANA time zone of the account.
    public var timeZone: String

    /// An invitation with the given values.
    public init(
        email: String,
        name: String,
        tenantID: TenantID,
        role: RoleReference,
        locale: UserLocale? = nil,
        timeZone: String = "UTC"
    ) {
        self.email = email
        self.name = name
        self.tenantID = tenantID
        self.role = role
        self.locale = locale
        self.timeZone = timeZone
    }
}
