public import FoundationEssentials
public import JSON
import Postgres

/// Certificates that stand for a service account, described by one of their names; compared as a whole, never in part.
public struct CertificateMapping: Sendable, Hashable, Identifiable {
    /// What of a certificate is compared.
    public enum Kind: String, Sendable, Hashable, CaseIterable {
        /// SHA-256 of the certificate: this one and no other.
        case fingerprint
        /// The subject; needs the issuer.
        case subject
        /// A URI among the alternative names.
        case uri
        /// A DNS name among the alternative names; without regard to case.
        case dns
        /// A mail address among the alternative names; without regard to case.
        case email
    }

    /// The id.
    public let id: CertificateMappingID
    /// The service account.
    public let userID: UserID
    /// What is compared.
    public let kind: Kind
    /// What it is compared with.
    public let value: String
    /// The issuer that the certificate must have too (RFC 2253); nil when any trusted authority may have issued it.
    public let issuer: String?
    /// When it was made.
    public let createdAt: Date
    /// When it was used last, to the minute; nil when never.
    public let lastUsedAt: Date?
    /// When it ends, whatever the certificate says; nil when it is good until it is removed.
    public let expiresAt: Date?

    /// A new mapping of checked names.
    init(
        id: CertificateMappingID,
        of userID: UserID,
        _ kind: Kind,
        _ names: (value: String, issuer: String?),
        createdAt: Date,
        lastUsedAt: Date? = nil,
        expiresAt: Date? = nil
    ) {
        self.id = id
        self.userID = userID
        self.kind = kind
        value = names.value
        issuer = names.issuer
        self.createdAt = createdAt
        self.lastUsedAt = lastUsedAt
        self.expiresAt = expiresAt
    }

    /// Whether it has not ended at a time.
    public func isUsable(at time: Date) -> Bool { expiresAt.map { $0 > time } ?? true }

    /// Checks and cleans what somebody typed.
    ///
    /// - Throws: `PortalError` `.invalidArgument` on `value` or `issuer`.
    static func parse(
        kind: Kind,
        value: String,
        issuer: String?
    ) throws(PortalError) -> (value: String, issuer: String?) {
        var errors = FieldErrors()
        let lengthMax = PortalLimits.Identity.certificateNameLengthMax
        var value = TextRules.line(value, field: "value", lengthMax: lengthMax, errors: &errors)
        let issuer = issuer.map { TextRules.line($0, field: "issuer", lengthMax: lengthMax, errors: &errors) }
        switch kind {
        case .fingerprint:
            // As tools print it: with colons, in capitals.
            value = value.filter { $0 != ":" }.lowercased()
            if value.utf8.count != 64 || !value.allSatisfy(\.isHexDigit) {
                errors.add("value", FieldErrorCode.invalidValue, "must be a SHA-256 fingerprint: 64 hexadecimal digits")
            }
        case .subject:
            // Two authorities may give the same name to two parties.
            if issuer == nil { errors.add("issuer", FieldErrorCode.required, "is needed with a subject") }
        case .dns, .email: value = value.lowercased()
        case .uri: break
        }
        try errors.throwIfAny()
        return (value, issuer)
    }
}

extension CertificateMapping {
    /// Reads the columns of `CertificateMappingQueries`.
    init(row: PostgresRow) throws {
        id = try row.decode("mapping_id")
        userID = try row.decode("user_id")
        kind = try row.decode("kind")
        value = try row.decode("value")
        issuer = try row.decode("issuer")
        createdAt = try row.decode("created_at")
        lastUsedAt = try row.decode("last_used_at")
        expiresAt = try row.decode("expires_at")
    }
}

extension CertificateMapping.Kind: PostgresCodable {}

extension CertificateMapping: JSONRepresentable {
    /// The schema `CertificateMapping` of openapi.yaml.
    public var json: JSONValue {
        [
            "id": id.json,
            "serviceAccountId": userID.json,
            "kind": .string(kind.rawValue),
            "value": .string(value),
            "issuer": issuer.map { .string($0) } ?? .null,
            "createdAt": .string(RFC3339.format(createdAt)),
            "lastUsedAt": lastUsedAt.map { .string(RFC3339.format($0)) } ?? .null,
            "expiresAt": expiresAt.map { .string(RFC3339.format($0)) } ?? .null,
        ]
    }
}

extension EntityKind {
    /// See `CertificateMappingID`.
    public enum CertificateMapping {}
}

/// The id of a mapping of client certificates to a service account.
public typealias CertificateMappingID = TypedID<EntityKind.CertificateMapping>
