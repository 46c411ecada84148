public import FoundationEssentials
import JSON
import Postgres

extension IdentityService {
    /// The service account that a client certificate stands for; nil when it stands for none, or for more than one.
    ///
    /// Two queries, and at most one write per `PortalLimits.Identity.lastUseResolution`.
    ///
    /// - Throws: `PostgresError`.
    public func authenticate(_ certificate: ClientCertificate, requestID: String? = nil) async throws -> Caller? {
        let names = certificate.names.prefix(limits.identity.certificateNamesMax)
        let now = time.now()
        let store = database.elevated(for: .authentication)
        let rows = try await store.query(
            CertificateMappingQueries.matching(
                kinds: names.map(\.kind.rawValue),
                values: names.map(\.value),
                issuer: certificate.issuer,
                at: now
            ),
            idempotent: true
        )
        // A certificate that is two parties is neither.
        guard rows.count == 1, let row = rows.first else { return nil }
        let mapping = try CertificateMapping(row: row)
        let stale = now.advanced(by: .zero - limits.identity.lastUseResolution)
        if mapping.lastUsedAt.map({ $0 <= stale }) ?? true {
            let touch = CertificateMappingQueries.touch(mapping.id, at: now, unlessUsedAfter: stale)
            try await store.execute(touch, idempotent: true)
        }
        let bindingsMax = limits.identity.bindingsPerUserMax
        let callers = try await store.query(
            CertificateMappingQueries.caller(mapping.userID, bindingsMax: bindingsMax),
            idempotent: true
        )
        guard let first = callers.first else { return nil }
        return try Caller(first: first, rows: callers, via: .certificate(mapping.id), requestID: requestID)
    }

    /// Lets certificates stand for a service account, until a time where one is given.
    ///
    /// Who does it acts as the account, as with a token of it. Names of certificates are not those of a tenant: whoever
    /// claims one decides for the whole installation whom it stands for, so that is for those who manage all accounts.
    ///
    /// - Throws: `PortalError` `.notFound`, `.forbidden` without `members.manage` at the account's tenant, without
    ///   `users.manage` or without a permission that the account has, `.invalidArgument`, `.alreadyExists` when the name stands for an account,
    ///   `.conflict` when there are too many; `PostgresError`.
    public func addCertificate(
        _ kind: CertificateMapping.Kind,
        value: String,
        issuer: String?,
        until expiresAt: Date? = nil,
        to id: UserID,
        as caller: Caller
    ) async throws -> CertificateMapping {
        let now = time.now()
        let mappingsMax = limits.identity.certificatesPerAccountMax
        do {
            return try await database.as(caller).transaction { transaction in
                let (account, user, path) = try await serviceAccount(
                    ServiceAccountQueries.byIDForUpdate(id),
                    requiring: .membersManage,
                    as: caller,
                    in: transaction
                )
                try caller.require(.usersManage)
                try await requireRoles(of: user, as: caller, in: transaction)
                let names = try CertificateMapping.parse(kind: kind, value: value, issuer: issuer)
                guard expiresAt.map({ $0 > now }) ?? true else {
                    throw PortalError.invalid("expiresAt", FieldErrorCode.outOfRange, "must be in the future")
                }
                let mapping = CertificateMapping(
                    id: CertificateMappingID(),
                    of: id,
                    kind,
                    names,
                    createdAt: now,
                    expiresAt: expiresAt
                )
                let row = try await transaction.query(CertificateMappingQueries.count(of: id)).first
                guard let count = try row?.decode("mappings", as: Int.self), count < mappingsMax else {
                    throw PortalError(.conflict, "The account has \(mappingsMax) certificates. Remove one first.")
                }
                try await transaction.execute(CertificateMappingQueries.insert(mapping, createdBy: caller.userID))
                let object = AuditObject.serviceAccount(account, path: path)
                let entry = AuditEntry(.certificateAdd, of: object, after: mapping.json)
                try await AuditLog.record(entry, by: caller, at: now, limits: limits.audit, in: transaction)
                return mapping
            }
        } catch  where error.violates("client_certificate_mappings_name_is_unique") {
            throw PortalError(.alreadyExists, "These certificates stand for an account already.", underlying: error)
        }
    }

    /// The certificates of a service account, newest first.
    ///
    /// - Throws: `PortalError` `.notFound`, `.forbidden` without `members.read`, `.invalidArgument` for a foreign page
    ///   token; `PostgresError`.
    public func certificates(
        of id: UserID,
        _ page: PageRequest = .first,
        as caller: Caller
    ) async throws -> Page<CertificateMapping> {
        let before: CertificateMappingID? = try page.position(in: "certificates")
        let account = try await getServiceAccount(id, as: caller)
        let rows = try await database.as(caller).query(
            CertificateMappingQueries.page(of: account.id, before: before, rowsMax: page.rowsMax),
            idempotent: true
        )
        return Page(
            rows: try rows.map { try CertificateMapping(row: $0) },
            request: page,
            list: "certificates",
            position: \.id
        )
    }

    /// Ends what a certificate stands for, from the next request on.
    ///
    /// - Throws: `PortalError` `.notFound`, `.forbidden` without `members.manage` at the account's tenant; `PostgresError`.
    public func removeCertificate(_ id: CertificateMappingID, as caller: Caller) async throws {
        let now = time.now()
        try await database.as(caller).transaction { transaction in
            guard let row = try await transaction.query(CertificateMappingQueries.byIDForUpdate(id)).first else {
                throw PortalError.notFound("certificate")
            }
            let mapping = try CertificateMapping(row: row)
            let (account, _, path) = try await serviceAccount(
                ServiceAccountQueries.byID(mapping.userID),
                requiring: .membersManage,
                noun: "certificate",
                as: caller,
                in: transaction
            )
            try await transaction.execute(CertificateMappingQueries.delete(id))
            let object = AuditObject.serviceAccount(account, path: path)
            let entry = AuditEntry(.certificateRemove, of: object, before: mapping.json)
            try await AuditLog.record(entry, by: caller, at: now, limits: limits.audit, in: transaction)
        }
    }
}
