import Foundation
import HTTPCore
import JSON
@testable import Portal
@testable import PortalWeb

/// Sample models of the pages of access rules.
enum SampleRules {
    private static let root = SampleTenants.sample("Acme")
    private static let host = HostID()
    private static let group = GroupID()
    private static let person = UserID()

    static let lab = Portal.Host(
        id: host,
        name: "lab",
        settings: .simulated(SimulatedHostSettings()),
        createdAt: SamplePages.now,
        updatedAt: SamplePages.now
    )

    private static let names = {
        var names = AccessRuleNames()
        names.groups[group] = "Contractors"
        names.users[person] = AccessRuleNames.Person(name: "Mei Lin", email: "mei@acme.example")
        names.hosts[host] = "lab"
        return names
    }()

    static let contents: [JSONValue] = [
        [
            "name": "No production on weekends", "effect": "deny",
            "permissions": ["vclusters.update", "vclusters.delete"],
            "description": "Nobody is there to repair it.",
            "conditions": [
                "environments": ["prod"], "window": ["days": ["sat", "sun"], "timeZone": "Europe/Berlin"],
            ],
        ],
        [
            "name": "Contractors in office hours", "effect": "allowOnly", "permissions": ["vclusters.suspend"],
            "subject": ["kind": "group", "reference": .string(group.description)],
            "conditions": ["window": ["days": ["mon", "tue", "wed", "thu", "fri"], "from": "09:00", "to": "17:00"]],
        ],
        [
            "name": "Quiet nights", "effect": "deny", "permissions": ["vclusters.create"],
            "subject": ["kind": "role", "reference": "member"],
            "conditions": [
                "labels": ["tier": "gold", "team": "web"], "hostIds": [host.json],
                "window": ["from": "22:00", "to": "06:00", "outside": true],
            ],
        ],
        [
            "name": "Closed", "effect": "deny", "permissions": ["vclusters.kubeconfig", "operations.cancel"],
            "enabled": false,
            "subject": ["kind": "user", "reference": .string(person.description)],
        ],
    ]

    private static func rules(at tenant: Tenant) -> [AccessRule] {
        contents.compactMap { try? AccessRuleContent($0, over: nil) }.map { content in
            AccessRule(
                id: AccessRuleID(),
                tenantPath: tenant.path,
                tenantName: tenant.name,
                createdAt: tenant.createdAt,
                updatedAt: tenant.createdAt,
                version: 1,
                content: content
            )
        }
    }

    /// Every rule as a sentence.
    static func sentences(_ writer: Localizer) -> [String] {
        rules(at: root).map { writer.sentence($0.content, names) }
    }

    static func list(_ writer: Localizer, isEmpty: Bool) -> RuleListPage {
        let above = SampleTenants.sample("Somewhere above")
        return RuleListPage(
            root,
            [root],
            Page(items: isEmpty ? [] : rules(at: root), nextPageToken: isEmpty ? nil : "b"),
            inherited: isEmpty ? [] : rules(at: root).suffix(1) + rules(at: above).prefix(1),
            names,
            mayManage: true,
            isFirst: isEmpty,
            writer
        )
    }

    private static func scene(_ rule: AccessRule?, mayChange: Bool) -> RuleFormScene {
        RuleFormScene(
            tenant: root,
            lineage: [root],
            rule: rule,
            roles: Role.allCases.map { RoleDefinition($0) },
            groups: [],
            hosts: [lab],
            names: names,
            mayChange: mayChange
        )
    }

    static func refused(_ writer: Localizer) -> RuleFormPage {
        var input = QueryItems()
        input.add("name", "No production on weekends")
        input.add("labels", "tier")
        let error = PortalError.invalid([
            FieldError(field: "name", code: FieldErrorCode.conflict, message: "is taken"),
            FieldError(field: "permissions", code: FieldErrorCode.required, message: "is required"),
            FieldError(field: "subject", code: FieldErrorCode.invalidValue, message: "must be somebody"),
            FieldError(field: "conditions.labels.tier", code: FieldErrorCode.invalidValue, message: "is no label"),
            FieldError(field: "conditions.window.from", code: FieldErrorCode.invalidValue, message: "must be a time"),
        ])
        let form = RuleForm(input)
        let refusal = RefusedForm("rule", input, error)
        return RuleFormPage(scene(nil, mayChange: true), form, preview: nil, refused: refusal, writer)
    }

    static func form(_ writer: Localizer, of index: Int, mayChange: Bool) -> RuleFormPage {
        let rule = rules(at: root)[index]
        let form = RuleForm(rule.content, names, timeZone: "UTC")
        return RuleFormPage(
            scene(rule, mayChange: mayChange),
            form,
            preview: mayChange ? rule.content : nil,
            refused: nil,
            writer
        )
    }

    static func explanation(_ writer: Localizer, isAnswered: Bool) -> RuleExplainPage {
        let scene = RuleExplainScene(
            tenant: root,
            lineage: [root],
            vclusters: [],
            hosts: [lab],
            mayAskForOthers: isAnswered,
            timeZone: .gmt
        )
        let above = SampleTenants.sample("Somewhere above")
        let bindings = [
            RoleBinding(tenantID: root.id, tenantPath: root.path, role: .member),
            RoleBinding(tenantID: above.id, tenantPath: above.path, role: .manager),
        ]
        let decision = AccessDecision(
            of: rules(at: root) + rules(at: above),
            on: .vclustersUpdate,
            of: AccessAttributes(tenantPath: root.path + above.path, environment: .production),
            by: AccessActor(userID: person, bindings: bindings, groupIDs: [group]),
            // A Saturday.
            at: Date(timeIntervalSince1970: 1_795_262_400)
        )
        let explanation = AccessExplanation(
            permission: .vclustersUpdate,
            time: SamplePages.now,
            grants: bindings,
            decision: decision
        )
        return RuleExplainPage(scene, RuleForm(QueryItems()), isAnswered ? (explanation, names) : nil, nil, writer)
    }

    /// Nobody's question with nothing to say to it, and a field that is wrong.
    static func bareExplanation(_ writer: Localizer) -> RuleExplainPage {
        let scene = RuleExplainScene(
            tenant: root,
            lineage: [root],
            vclusters: [],
            hosts: [],
            mayAskForOthers: true,
            timeZone: .gmt
        )
        let decision = AccessDecision(
            of: [],
            on: .vclustersUpdate,
            of: AccessAttributes(tenantPath: root.path),
            by: AccessActor(userID: person, bindings: []),
            at: SamplePages.now
        )
        let explanation = AccessExplanation(
            permission: .vclustersUpdate,
            time: SamplePages.now,
            grants: [],
            decision: decision
        )
        let error = PortalError.invalid("email", FieldErrorCode.notFound, "belongs to nobody with a role here")
        let refused = RefusedForm("explain", QueryItems(), error)
        return RuleExplainPage(scene, RuleForm(QueryItems()), (explanation, names), refused, writer)
    }
}
