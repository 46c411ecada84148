import Foundation
import HTTPCore
import JSON

@testable import Portal
@testable import PortalWeb

/// Sample models of the pages of requests and of approval policies.
enum SampleRequests {
    private static let root = SampleTenants.sample("Acme")
    private static let team = SampleTenants.sample("Payments", below: root.path)
    private static let host = HostID()
    private static let template = TemplateID()
    private static let person = UserID()
    private static let role = RoleID()

    private static let names = {
        var names = ApprovalNames()
        names.users[person] = AccessRuleNames.Person(name: "Mei Lin", email: "mei@acme.example")
        names.roles[role] = "Capacity board"
        names.hosts[host] = "lab"
        names.templates[template] = "Large"
        return names
    }()

    private static let contents: [JSONValue] = [
        [
            "name": "Production needs the department", "verbs": ["create", "scale"],
            "description": "It has to be there on Monday.", "steps": [["role": "manager", "quorum": 2]],
            "conditions": ["environments": ["prod", "test"], "above": ["cpu": "16", "memory": "64Gi", "pods": 500]],
            "holdHours": 48,
        ],
        [
            "name": "Lab", "verbs": ["update", "delete", "resume", "suspend", "undelete"], "enabled": false,
            "conditions": [
                "labels": ["tier": "gold"], "hostIds": [host.json, HostID().json], "templateIds": [template.json],
            ],
            "steps": [
                ["role": .string(role.description)], ["users": [person.json, UserID().json], "quorum": 1],
                ["users": [person.json]],
            ],
        ],
        ["name": "Everything", "verbs": ["create"], "steps": [["role": "admin"]]],
    ]

    private static func policies(at tenant: Tenant) -> [ApprovalPolicy] {
        contents.compactMap { try? ApprovalPolicyContent($0, over: nil) }.map { content in
            ApprovalPolicy(
                id: ApprovalPolicyID(),
                tenantPath: tenant.path,
                tenantName: tenant.name,
                createdAt: tenant.createdAt,
                updatedAt: tenant.createdAt,
                version: 1,
                content: content
            )
        }
    }

    /// Every policy as sentences.
    static func sentences(_ writer: Localizer) -> [String] {
        policies(at: root).map { writer.sentence($0.content, names) }
    }

    static func policies(_ writer: Localizer, isEmpty: Bool) -> PolicyListPage {
        let all = policies(at: SampleTenants.sample("Somewhere above")).prefix(1) + policies(at: root)
        return PolicyListPage(
            root,
            isEmpty ? [] : Array(all),
            names,
            TenantNames([root]),
            mayManage: true,
            writer
        )
    }

    private static func scene(_ policy: ApprovalPolicy?, mayChange: Bool) -> PolicyFormScene {
        PolicyFormScene(
            tenant: root,
            lineage: [root],
            policy: policy,
            roles: [RoleDefinition(.manager), RoleDefinition(.admin)],
            hosts: [SampleRules.lab],
            templates: [],
            names: names,
            mayChange: mayChange
        )
    }

    static func policy(_ writer: Localizer, of index: Int, mayChange: Bool) -> PolicyFormPage {
        let policy = policies(at: root)[index]
        return PolicyFormPage(
            scene(policy, mayChange: mayChange),
            PolicyForm(policy.content, names),
            refused: nil,
            writer
        )
    }

    static func refusedPolicy(_ writer: Localizer) -> PolicyFormPage {
        var input = QueryItems()
        input.add("name", "Production")
        input.add("asks-0", PolicyForm.people)
        input.add("people-0", "nobody@acme.example")
        let error = PortalError.invalid([
            FieldError(field: "name", code: FieldErrorCode.conflict, message: "is taken"),
            FieldError(field: "verbs", code: FieldErrorCode.required, message: "is required"),
            FieldError(field: "conditions.labels", code: FieldErrorCode.invalidValue, message: "must be key=value"),
            FieldError(field: "steps[0].users", code: FieldErrorCode.notFound, message: "belongs to no account"),
            FieldError(field: "steps[0].quorum", code: FieldErrorCode.outOfRange, message: "must be 1"),
            FieldError(field: "steps[1].role", code: FieldErrorCode.invalidValue, message: "must be a role"),
        ])
        let refused = RefusedForm("policy", input, error)
        return PolicyFormPage(scene(nil, mayChange: true), PolicyForm(input), refused: refused, writer)
    }

    /// A request with everything that one in this state may have.
    static func request(_ state: ApprovalRequest.State, _ verb: ApprovalVerb) -> ApprovalRequest {
        let now = SamplePages.now
        let steps = (try? ApprovalPolicyContent(contents[1], over: nil))?.steps ?? []
        let change: JSONValue =
            verb == .create
            ? ["environment": "prod", "hostName": "lab", "spec": ["quota": ["cpu": "16"]], "gracePeriodSeconds": 0]
            : [
                "generation": 3, "spec": ["quota": ["cpu": "16"], "plugins": [], "replicas": 3], "labels": ["a": "b"],
                "gracePeriodSeconds": 7200,
            ]
        return ApprovalRequest(
            id: ApprovalRequestID(),
            tenantPath: team.path,
            tenantName: team.name,
            requesterID: UserID(),
            requesterName: "Ada",
            tokenID: nil,
            vclusterID: VClusterID(),
            vclusterName: "web-prod",
            verb: verb,
            change: change,
            before: ["spec": ["quota": ["cpu": "4"], "replicas": 3], "labels": [:]],
            policy: .init(id: ApprovalPolicyID(), name: "Production needs the department", steps: steps),
            step: 1,
            state: state,
            growth: QuotaAmounts([.cpu: 12_000]),
            impact: impact,
            heldUntil: now.addingTimeInterval(state == .pending ? 7200 : -7200),
            operationID: OperationID(),
            failure: state == .failed
                ? .init(code: "QUOTA_EXCEEDED", message: "Acme may reserve 40 cpu.", extensions: [:]) : nil,
            createdAt: now.addingTimeInterval(-9000),
            updatedAt: now,
            expiresAt: now.addingTimeInterval(90_000),
            endedAt: state == .pending ? nil : now,
            version: 1
        )
    }

    private static let impact = QuotaImpact(rows: [
        .init(tenantID: root.id, tenantName: "Acme", dimension: .cpu, limit: 40_000, before: 30_000, after: 42_000),
        .init(tenantID: root.id, tenantName: "Acme", dimension: .memory, limit: nil, before: 1 << 30, after: 5 << 30),
        .init(tenantID: team.id, tenantName: "Payments", dimension: .cpu, limit: 90_000, before: 0, after: 12_000),
    ])

    private static func entry(_ kind: ApprovalEntry.Kind, _ comment: String) -> ApprovalEntry {
        ApprovalEntry(
            id: ApprovalEntryID(),
            kind: kind,
            userID: person,
            userName: "Mei Lin",
            createdAt: SamplePages.now.addingTimeInterval(-600),
            step: 0,
            comment: comment,
            impact: nil
        )
    }

    static func page(
        _ writer: Localizer,
        _ state: ApprovalRequest.State,
        _ verb: ApprovalVerb = .scale,
        isHeld: Bool = true,
        people: [String] = ["Mei Lin", "Max"],
        actions: [ApprovalRequestDetail.Action] = [],
        isRefused: Bool = false
    ) -> RequestPage {
        let isBare = verb == .suspend
        let detail = ApprovalRequestDetail(
            request: request(state, verb),
            entries: isBare ? [] : ApprovalEntry.Kind.allCases.map { entry($0, $0 == .cancel ? "" : "Fine.") },
            people: people.map { (UserID(), $0) },
            impact: isBare ? QuotaImpact(rows: []) : impact,
            isHeld: isHeld,
            allowedActions: actions
        )
        var input = QueryItems()
        input.add("comment", "Typed already.")
        let error = PortalError.invalid("comment", FieldErrorCode.tooLong, "must have at most 2000 characters")
        let parts = RequestPage.Parts(
            detail: detail,
            names: names,
            places: TenantNames([root, team]),
            seesOperation: true,
            refused: isRefused ? RefusedForm(Flash.requestReject.rawValue, input, error) : nil
        )
        return RequestPage(parts, writer)
    }

    static func list(_ writer: Localizer, isEmpty: Bool) -> RequestListPage {
        let all = ApprovalRequest.State.allCases.map { request($0, .create) }
        return RequestListPage(
            Page(items: isEmpty ? [] : all, nextPageToken: isEmpty ? nil : "b"),
            isEmpty ? .mine : .toDecide,
            waiting: isEmpty ? 0 : 3,
            TenantNames([root, team]),
            isFirst: isEmpty,
            writer
        )
    }
}
