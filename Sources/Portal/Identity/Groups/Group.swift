public import FoundationEssentials
public import JSON
import Postgres

/// A group of users, made at a tenant; roles that it holds are held by everybody in it.
public struct Group: Sendable, Hashable, Identifiable {
    /// The id.
    public let id: GroupID
    /// Where it was made: who manages groups there says who is in it.
    public let tenantID: TenantID
    /// That tenant and its ancestors, root first.
    public let tenantPath: [TenantID]
    /// The name, unique at its tenant without regard to case.
    public let name: String
    /// What it is for; may be empty.
    public let description: String
    /// What the group is called in the claim of an identity provider; nil for one that is only kept here.
    public let externalID: String?
    /// The identity provider whose claim that is, by its id in the settings; nil without an external id, and when it was
    /// set before providers were told apart, in which case no claim counts.
    public let provider: String?
    /// Grows with every change of name, description and external id, from 1.
    public let version: Int64
    /// When it was made.
    public let createdAt: Date
    /// When it was changed last, apart from its members.
    public let updatedAt: Date

    /// The entity tag of this version.
    public var etag: ETag { ETag(version: version) }
}

extension Group {
    /// Reads the columns of `GroupQueries.columns`.
    init(row: PostgresRow) throws {
        self.init(
            id: try row.decode("group_id"),
            tenantID: try row.decode("group_tenant_id"),
            tenantPath: try row.decode("group_tenant_path"),
            name: try row.decode("group_name"),
            description: try row.decode("group_description"),
            externalID: try row.decode("external_id"),
            provider: try row.decode("group_provider"),
            version: try row.decode("group_version"),
            createdAt: try row.decode("group_created_at"),
            updatedAt: try row.decode("group_updated_at")
        )
    }
}

extension Group: JSONRepresentable {
    /// The schema `Group` of openapi.yaml.
    public var json: JSONValue {
        [
            "id": id.json,
            "tenantId": tenantID.json,
            "name": .string(name),
            "description": .string(description),
            "externalId": externalID.map { .string($0) } ?? .null,
            "provider": provider.map { .string($0) } ?? .null,
            "createdAt": .string(RFC3339.format(createdAt)),
            "updatedAt": .string(RFC3339.format(updatedAt)),
        ]
    }
}

/// What a group is made from, and what it is changed to.
public struct NewGroup: Sendable, Hashable {
    /// The name; unique at its tenant without regard to case.
    public var name: String
    /// What it is for; may be empty.
    public var description: String
    /// What it is called in the claim of an identity provider; unique among the groups of that provider.
    public var externalID: String?
    /// The identity provider, by its id in the settings; of use with an external id only.
    public var provider: String?

    /// A group with the given values.
    public init(name: String, description: String = "", externalID: String? = nil, provider: String? = nil) {
        self.name = name
        self.description = description
        self.externalID = externalID
        self.provider = provider
    }

    /// The values of a group that is to be changed.
    public init(_ group: Group) {
        self.init(
            name: group.name,
            description: group.description,
            externalID: group.externalID,
            provider: group.provider
        )
    }

    /// The same with clean texts.
    ///
    /// - Parameter before: The group as it is; what it already has at a provider is not looked at again.
    /// - Returns: The values to store.
    /// - Throws: `PortalError` `.invalidArgument` on `name`, `description`, `externalId` or `provider`.
    func checked(changing before: Group? = nil) throws(PortalError) -> NewGroup {
        var errors = FieldErrors()
        let name = TextRules.line(
            name,
            field: "name",
            lengthMax: PortalLimits.Access.nameLengthMax,
            errors: &errors
        )
        let description = TextRules.paragraph(
            description,
            field: "description",
            lengthMax: PortalLimits.Access.descriptionLengthMax,
            errors: &errors
        )
        var external: String?
        if let externalID {
            external = TextRules.line(
                externalID,
                field: "externalId",
                lengthMax: PortalLimits.Access.externalIDLengthMax,
                errors: &errors
            )
            if externalID != before?.externalID || provider != before?.provider { checkProvider(&errors) }
        }
        try errors.throwIfAny()
        let place = external == nil ? nil : provider
        return NewGroup(name: name, description: description, externalID: external, provider: place)
    }

    private func checkProvider(_ errors: inout FieldErrors) {
        if provider?.isEmpty ?? true {
            errors.add("provider", FieldErrorCode.required, "is needed with an external id")
        } else if provider.map({ !IdentityProviderSettings.isValidID($0) }) ?? false {
            errors.add("provider", FieldErrorCode.invalidValue, "is no id of an identity provider")
        }
    }
}

/// Somebody in a group.
public struct GroupMember: Sendable, Hashable {
    /// The user.
    public let userID: UserID
    /// The user's e-mail.
    public let email: String
    /// The user's name.
    public let name: String
    /// Who says so.
    public let source: Source
    /// Since when.
    public let createdAt: Date

    /// Who says that somebody is in a group.
    public enum Source: String, Sendable, Hashable, CaseIterable {
        /// Somebody who manages the group.
        case manual
        /// The identity provider, at the user's last sign-in.
        case provider
    }
}

extension GroupMember.Source: PostgresCodable {}

extension GroupMember {
    /// Reads the columns of `GroupQueries.members`.
    init(row: PostgresRow) throws {
        self.init(
            userID: try row.decode("user_id"),
            email: try row.decode("email"),
            name: try row.decode("user_name"),
            source: try row.decode("source"),
            createdAt: try row.decode("member_since")
        )
    }
}

extension GroupMember: JSONRepresentable {
    /// The schema `GroupMember` of openapi.yaml.
    public var json: JSONValue {
        [
            "userId": userID.json,
            "email": .string(email),
            "name": .string(name),
            "source": .string(source.rawValue),
            "createdAt": .string(RFC3339.format(createdAt)),
        ]
    }
}
