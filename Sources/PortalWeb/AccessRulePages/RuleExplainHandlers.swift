import Foundation
import HTTPCore
import HTTPServer
import JSON
import Portal

/// Answers “Could she delete this, and why not?” without doing it.
enum RuleExplainHandlers {
    static func register(on router: inout Router) {
        router.on(.get, .tenantPageRulesExplain, handler: explain)
    }

    private static func explain(_ context: RequestContext) async throws -> HTTPResponse {
        let id: TenantID = try context.pathID()
        let caller = try context.requireCaller()
        let responder = PageResponder(context)
        let scene = try await RuleExplainScene(id, context, as: caller)
        let form = RuleForm(context.query)
        guard !form["permission"].isEmpty else {
            return try responder.respond(
                RuleExplainPage(scene, form, nil, nil, responder.writer),
                .init(section: .tenants)
            )
        }
        do {
            let question = try scene.question(form)
            let explanation = try await context.services.accessRules.explain(question, as: caller)
            let contents = explanation.decision.findings.map(\.rule.content)
            let names = try await context.services.accessRules.names(in: contents, at: scene.tenant.path, as: caller)
            let page = RuleExplainPage(scene, form, (explanation, names), nil, responder.writer)
            return try responder.respond(page, .init(section: .tenants))
        } catch let error as PortalError {
            guard let refused = RefusedForm("explain", context.query, error) else { throw error }
            let page = RuleExplainPage(scene, form, nil, refused, responder.writer)
            return try responder.respond(page, .init(section: .tenants, status: ProblemCode(error.code).status))
        }
    }
}

/// What a question about rules can be about.
struct RuleExplainScene: Sendable {
    let tenant: Tenant
    let lineage: [Tenant]
    /// The vclusters of the subtree, the newest.
    let vclusters: [VClusterSummary]
    let hosts: [Portal.Host]
    let mayAskForOthers: Bool
    /// The time zone that times are typed in.
    let timeZone: TimeZone
}

extension RuleExplainScene {
    fileprivate init(_ id: TenantID, _ context: RequestContext, as caller: Caller) async throws {
        let services = context.services
        let tenant = try await services.tenants.get(id, as: caller)
        let seesVClusters = caller.has(.vclustersRead, onPath: tenant.path)
        var filter = VClusterFilter()
        filter.tenantID = id
        let wanted = filter
        let choices = try PageRequest(size: PortalLimits.Pages.sizeMax)
        async let lineage = services.tenants.lineage(of: [id], as: caller)
        async let vclusters = seesVClusters ? services.vclusters.list(wanted, choices, as: caller).items : []
        async let hosts = caller.has(.hostsRead) ? services.hosts.list(choices, as: caller).items : []
        self.init(
            tenant: tenant,
            lineage: try await lineage,
            vclusters: try await vclusters,
            hosts: try await hosts,
            mayAskForOthers: caller.has(.rulesManage, onPath: tenant.path),
            timeZone: TimeZone(identifier: caller.user.timeZone) ?? .gmt
        )
    }

    /// What was asked.
    ///
    /// - Throws: `PortalError` `.invalidArgument` with the first field that is wrong.
    fileprivate func question(_ form: RuleForm) throws(PortalError) -> AccessQuestion {
        guard let permission = Permission(rawValue: form["permission"]) else {
            throw .invalid("permission", FieldErrorCode.required, "has to be chosen")
        }
        var question = AccessQuestion(permission: permission)
        if !form["email"].isEmpty { question.email = form["email"] }
        question.tenantID = tenant.id
        question.vclusterID = VClusterID(form["vcluster"])
        question.environment = VClusterEnvironment(rawValue: form["environment"]) ?? .development
        for (key, value) in try form.input.labels().object ?? [:] { question.labels[key] = value.string }
        question.hostID = HostID(form["host"])
        if !form["at"].isEmpty {
            guard let time = Self.time(form["at"], in: timeZone) else {
                throw .invalid("at", FieldErrorCode.invalidValue, "must be a date and a time")
            }
            question.time = time
        }
        return question
    }

    /// Reads `2026-12-24T18:00`, which fields of the type `datetime-local` send.
    private static func time(_ text: String, in zone: TimeZone) -> Date? {
        guard let match = text.wholeMatch(of: #/(\d{4})-(\d{2})-(\d{2})T(\d{2}):(\d{2})(?::\d{2})?/#) else {
            return nil
        }
        let output = match.output
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = zone
        let parts = DateComponents(
            year: Int(output.1),
            month: Int(output.2),
            day: Int(output.3),
            hour: Int(output.4),
            minute: Int(output.5)
        )
        return parts.isValidDate(in: calendar) ? calendar.date(from: parts) : nil
    }
}
