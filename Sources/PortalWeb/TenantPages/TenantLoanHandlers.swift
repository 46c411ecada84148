import Foundation
import HTTPCore
import HTTPServer
import JSON
import Portal

/// The forms of loans on the page of a tenant.
enum TenantLoanHandlers {
    static func register(on router: inout Router) {
        router.on(.post, .tenantPageLoans, handler: lend)
        router.on(.post, .tenantPageLoanReturn, handler: giveBack)
    }

    private static func lend(_ context: RequestContext) async throws -> HTTPResponse {
        let id: TenantID = try context.pathID()
        return try await TenantPageHandlers.submit(context, "lend") { caller in
            let new = try NewQuotaLoan(context.form, in: TimeZone(identifier: caller.user.timeZone) ?? .gmt)
            _ = try await context.services.quotas.lend(new, from: id, as: caller)
            return (Route.tenantPage(id).path + "#loans", .loanLend)
        }
    }

    private static func giveBack(_ context: RequestContext) async throws -> HTTPResponse {
        let id: TenantID = try context.pathID()
        return try await TenantPageHandlers.submit(context, "returnLoan") { caller in
            guard let loan = context.form.first(named: "loan").flatMap({ QuotaLoanID($0) }) else {
                throw WebError.notFound()
            }
            _ = try await context.services.quotas.returnLoan(loan, as: caller)
            return (Route.tenantPage(id).path + "#loans", .loanReturn)
        }
    }
}

extension NewQuotaLoan {
    /// What was typed: an empty amount is none, and the last day counts to its end where the person is.
    ///
    /// - Throws: `PortalError` `.invalidArgument` with every field that is not right.
    fileprivate init(_ form: QueryItems, in zone: TimeZone) throws(PortalError) {
        var errors = FieldErrors()
        let borrower = form.first(named: "toTenantId").flatMap { TenantID($0) }
        if borrower == nil { errors.add("toTenantId", FieldErrorCode.required, "has to be chosen") }
        let end = form.first(named: "until").flatMap { CalendarDay($0) }?.end(in: zone)
        if end == nil { errors.add("until", FieldErrorCode.invalidValue, "must be a day such as 2026-12-24") }
        var amounts = QuotaAmounts()
        do {
            amounts = try QuotaAmounts(validating: Self.amounts(form), at: "amounts")
        } catch {
            errors.add(error.fields)
        }
        guard let borrower, let end, errors.isEmpty else { throw .invalid(errors.all) }
        self.init(borrowerID: borrower, amounts: amounts, endsAt: end, reason: form.first(named: "reason") ?? "")
    }

    private static func amounts(_ form: QueryItems) -> JSONObject {
        var object = JSONObject()
        for item in form.items where item.name.hasPrefix("amounts.") && !item.value.isEmpty {
            object[String(item.name.dropFirst("amounts.".count))] = .string(item.value)
        }
        return object
    }
}
