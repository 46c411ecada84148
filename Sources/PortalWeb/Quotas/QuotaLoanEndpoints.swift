import HTTPCore
import HTTPServer
import JSON
import Portal

/// Parts of quotas that siblings lend each other, and where counters have drifted.
enum QuotaLoanEndpoints {
    static func register(on router: inout Router) {
        router.on(.get, .quotaLoans, handler: list)
        router.on(.post, .quotaLoans, handler: lend)
        router.on(.get, .quotaLoan, handler: show)
        router.on(.delete, .quotaLoan, handler: giveBack)
        router.on(.get, .quotaDrift, handler: drift)
    }

    private static func list(_ context: RequestContext) async throws -> HTTPResponse {
        let id: TenantID = try context.pathID()
        let page = try context.page()
        return .json(try await context.services.quotas.loans(of: id, page, as: context.requireCaller()).json)
    }

    private static func lend(_ context: RequestContext) async throws -> HTTPResponse {
        let id: TenantID = try context.pathID()
        var reader = try context.jsonReader()
        let borrowerID = reader.id("toTenantId", TenantID.self)
        let amounts = reader.optionalObject("amounts") ?? [:]
        let endsAt = reader.optionalTime("until")
        let reason = reader.string("reason", charactersMax: PortalLimits.Quotas.loanReasonLengthMax)
        if endsAt == nil { reader.fail("until", FieldErrorCode.required, "is required") }
        try reader.finish()
        // It is there: a missing one was an error above.
        guard let endsAt else { throw WebError.notFound() }
        let loan = try await context.services.quotas.lend(
            NewQuotaLoan(
                borrowerID: borrowerID,
                amounts: try QuotaAmounts(validating: amounts, at: "amounts"),
                endsAt: endsAt,
                reason: reason
            ),
            from: id,
            as: context.requireCaller()
        )
        return .created(loan.json, at: .quotaLoan(loan.id))
    }

    private static func show(_ context: RequestContext) async throws -> HTTPResponse {
        let id: QuotaLoanID = try context.pathID()
        return .json(try await context.services.quotas.loan(id, as: context.requireCaller()).json)
    }

    private static func giveBack(_ context: RequestContext) async throws -> HTTPResponse {
        let id: QuotaLoanID = try context.pathID()
        let loan = try await context.services.quotas.returnLoan(id, as: context.requireCaller())
        return .json(loan.json)
    }

    private static func drift(_ context: RequestContext) async throws -> HTTPResponse {
        let page = try context.page()
        return .json(try await context.services.quotas.drift(page, as: context.requireCaller()).json)
    }
}
