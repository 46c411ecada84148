import HTTPCore
import HTTPServer
import JSON
import Portal

/// The client certificates that stand for service accounts: `/api/v1/service-accounts/{id}/certificates`.
enum CertificateEndpoints {
    static func register(on router: inout Router) {
        router.on(.get, .serviceAccountCertificates, handler: listCertificates)
        router.on(.post, .serviceAccountCertificates, handler: addCertificate)
        router.on(.delete, .clientCertificate, handler: removeCertificate)
    }

    private static func listCertificates(_ context: RequestContext) async throws -> HTTPResponse {
        let id: UserID = try context.pathID()
        let page = try context.page()
        return .json(try await context.services.identity.certificates(of: id, page, as: context.requireCaller()).json)
    }

    private static func addCertificate(_ context: RequestContext) async throws -> HTTPResponse {
        let id: UserID = try context.pathID()
        var reader = try context.jsonReader()
        let lengthMax = PortalLimits.Identity.certificateNameLengthMax
        let kind = reader.choice("kind", placeholder: CertificateMapping.Kind.fingerprint)
        let value = reader.string("value", charactersMax: lengthMax)
        let issuer = reader.optionalString("issuer", charactersMax: lengthMax)
        let expiresAt = reader.optionalTime("expiresAt")
        try reader.finish()
        let mapping = try await context.services.identity.addCertificate(
            kind,
            value: value,
            issuer: issuer,
            until: expiresAt,
            to: id,
            as: context.requireCaller()
        )
        return .json(mapping.json, status: .created)
    }

    private static func removeCertificate(_ context: RequestContext) async throws -> HTTPResponse {
        let id: CertificateMappingID = try context.pathID()
        try await context.services.identity.removeCertificate(id, as: context.requireCaller())
        return HTTPResponse(status: .noContent)
    }
}
