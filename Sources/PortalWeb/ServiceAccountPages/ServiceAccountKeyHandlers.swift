import Foundation
import HTTPCore
import HTTPServer
import Portal

/// What a service account proves itself with: tokens and certificates.
enum ServiceAccountKeyHandlers {
    static func register(on router: inout Router) {
        router.on(.post, .serviceAccountPageTokens, handler: createToken)
        router.on(.post, .serviceAccountPageTokenRevoke, handler: revokeToken)
        router.on(.post, .serviceAccountPageCertificates, handler: addCertificate)
        router.on(.post, .serviceAccountPageCertificateRemoval, handler: removeCertificate)
    }

    private static func createToken(_ context: RequestContext) async throws -> HTTPResponse {
        let id: UserID = try context.pathID()
        let caller = try context.requireCaller()
        do {
            let wish = try TokenWish(context.form)
            let created = try await context.services.identity.createToken(
                name: wish.name,
                lifetime: wish.lifetime,
                scope: wish.scope,
                forServiceAccount: id,
                as: caller
            )
            return try await ServiceAccountHandlers.page(context, created: created)
        } catch let error as PortalError {
            guard let refused = RefusedForm(TokenForm.formName, context.form, error) else { throw error }
            return try await ServiceAccountHandlers.page(context, refused: refused)
        }
    }

    private static func revokeToken(_ context: RequestContext) async throws -> HTTPResponse {
        guard let token = context.form.first(named: "token").flatMap({ TokenID($0) }) else { throw WebError.notFound() }
        return try await ServiceAccountHandlers.submit(context, "revokeToken", .tokenRevoke) { caller, _ in
            try await context.services.identity.revokeToken(token, as: caller)
        }
    }

    private static func addCertificate(_ context: RequestContext) async throws -> HTTPResponse {
        let form = context.form
        return try await ServiceAccountHandlers.submit(context, "addCertificate", .certificateAdd) { caller, id in
            guard let kind = form.first(named: "kind").flatMap(CertificateMapping.Kind.init(rawValue:)) else {
                throw PortalError.invalid("kind", FieldErrorCode.required, "has to be chosen")
            }
            let issuer = form.first(named: "issuer") ?? ""
            let end = try Self.end(form, in: TimeZone(identifier: caller.user.timeZone) ?? .gmt)
            _ = try await context.services.identity.addCertificate(
                kind,
                value: form.first(named: "value") ?? "",
                issuer: issuer.isEmpty ? nil : issuer,
                until: end,
                to: id,
                as: caller
            )
        }
    }

    /// The end of the day that was typed, where the person is; nil for none.
    ///
    /// - Throws: `PortalError` `.invalidArgument` on `expiresAt`.
    private static func end(_ form: QueryItems, in zone: TimeZone) throws(PortalError) -> Date? {
        let typed = form.first(named: "expiresAt") ?? ""
        if typed.isEmpty { return nil }
        guard let day = CalendarDay(typed) else {
            throw .invalid("expiresAt", FieldErrorCode.invalidValue, "must be a day such as 2026-12-24")
        }
        return day.end(in: zone)
    }

    private static func removeCertificate(_ context: RequestContext) async throws -> HTTPResponse {
        guard let id = context.form.first(named: "certificate").flatMap({ CertificateMappingID($0) }) else {
            throw WebError.notFound()
        }
        return try await ServiceAccountHandlers.submit(context, "removeCertificate", .certificateRemove) { caller, _ in
            try await context.services.identity.removeCertificate(id, as: caller)
        }
    }
}
