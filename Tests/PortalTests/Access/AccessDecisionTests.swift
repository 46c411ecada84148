import FoundationEssentials
import JSON
import PortalTesting
import Testing

@testable import Portal

/// Rules against actions, as a table.
struct AccessDecisionTests {
    /// One rule, one action, and what comes of it.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        var rule: String
        var permission = Permission.vclustersUpdate
        var environment = VClusterEnvironment.production
        var labels: [String: String] = ["team": "web"]
        var at = "2026-11-21T12:00:00Z"
        /// Where the rule lives: 0 is the root, 2 the tenant of the vcluster, 3 a tenant beside it.
        var level = 2
        /// `passes`, `unconcerned`, `refuses`, or `refuses until …`.
        let verdict: String
        var testDescription: String { name }
    }

    private static let weekend = #""window":{"days":["sat","sun"]}"#

    static let cases: [Case] = [
        Case(name: "deny without conditions", rule: #"{"effect":"deny"}"#, verdict: "refuses"),
        Case(
            name: "another permission",
            rule: #"{"effect":"deny"}"#,
            permission: .vclustersDelete,
            verdict: "unconcerned"
        ),
        Case(name: "switched off", rule: #"{"effect":"deny","enabled":false}"#, verdict: "unconcerned"),
        Case(name: "inherited from the root", rule: #"{"effect":"deny"}"#, level: 0, verdict: "refuses"),
        Case(name: "of a sibling", rule: #"{"effect":"deny"}"#, level: 3, verdict: "unconcerned"),
        Case(
            name: "deny in prod",
            rule: #"{"effect":"deny","conditions":{"environments":["prod"]}}"#,
            verdict: "refuses"
        ),
        Case(
            name: "deny in prod, of dev",
            rule: #"{"effect":"deny","conditions":{"environments":["prod"]}}"#,
            environment: .development,
            verdict: "passes"
        ),
        Case(
            name: "deny a label",
            rule: #"{"effect":"deny","conditions":{"labels":{"team":"web"}}}"#,
            verdict: "refuses"
        ),
        Case(
            name: "deny a label with another value",
            rule: #"{"effect":"deny","conditions":{"labels":{"team":"data"}}}"#,
            verdict: "passes"
        ),
        Case(
            name: "deny two labels, one is there",
            rule: #"{"effect":"deny","conditions":{"labels":{"team":"web","tier":"1"}}}"#,
            verdict: "passes"
        ),
        Case(
            name: "deny on a host",
            rule: #"{"effect":"deny","conditions":{"hostIds":["01890a5d-ac96-774b-bcce-b302099a8057"]}}"#,
            verdict: "refuses"
        ),
        Case(
            name: "deny on another host",
            rule: #"{"effect":"deny","conditions":{"hostIds":["01890a5d-ac96-774b-bcce-b302099a8058"]}}"#,
            verdict: "passes"
        ),
        Case(
            name: "deny on weekends, on one",
            rule: #"{"effect":"deny","conditions":{\#(weekend)}}"#,
            verdict: "refuses until 2026-11-23T00:00:00.000Z"
        ),
        Case(
            name: "deny on weekends, on a Friday",
            rule: #"{"effect":"deny","conditions":{\#(weekend)}}"#,
            at: "2026-11-20T12:00:00Z",
            verdict: "passes"
        ),
        Case(
            name: "deny in prod on weekends",
            rule: #"{"effect":"deny","conditions":{"environments":["prod"],\#(weekend)}}"#,
            verdict: "refuses until 2026-11-23T00:00:00.000Z"
        ),
        Case(
            name: "allow only in dev, of prod",
            rule: #"{"effect":"allowOnly","conditions":{"environments":["dev"]}}"#,
            verdict: "refuses"
        ),
        Case(
            name: "allow only in dev, of dev",
            rule: #"{"effect":"allowOnly","conditions":{"environments":["dev","test"]}}"#,
            environment: .development,
            verdict: "passes"
        ),
        Case(
            name: "allow only on weekends, on a Friday",
            rule: #"{"effect":"allowOnly","conditions":{\#(weekend)}}"#,
            at: "2026-11-20T12:00:00Z",
            verdict: "refuses until 2026-11-21T00:00:00.000Z"
        ),
        Case(
            name: "allow only in dev on weekends, of prod on a Friday",
            rule: #"{"effect":"allowOnly","conditions":{"environments":["dev"],\#(weekend)}}"#,
            at: "2026-11-20T12:00:00Z",
            verdict: "refuses"
        ),
        Case(
            name: "of the role that the caller has",
            rule: #"{"effect":"deny","subject":{"kind":"role","reference":"member"}}"#,
            verdict: "refuses"
        ),
        Case(
            name: "of a role that the caller does not have",
            rule: #"{"effect":"deny","subject":{"kind":"role","reference":"manager"}}"#,
            verdict: "unconcerned"
        ),
        Case(
            name: "of a group of the caller",
            rule: #"{"effect":"deny","subject":{"kind":"group","reference":"01890a5d-ac96-774b-bcce-b302099a8059"}}"#,
            verdict: "refuses"
        ),
        Case(
            name: "of another group",
            rule: #"{"effect":"deny","subject":{"kind":"group","reference":"01890a5d-ac96-774b-bcce-b302099a8050"}}"#,
            verdict: "unconcerned"
        ),
        Case(
            name: "of another user",
            rule: #"{"effect":"deny","subject":{"kind":"user","reference":"01890a5d-ac96-774b-bcce-b302099a8051"}}"#,
            verdict: "unconcerned"
        ),
    ]

    private static let hostID = HostID("01890a5d-ac96-774b-bcce-b302099a8057")
    private static let groupID = GroupID("01890a5d-ac96-774b-bcce-b302099a8059")

    @Test(arguments: cases)
    func decision_isThatOfTheTable(_ wanted: Case) throws {
        let root = Tenant.make()
        let department = Tenant.make(below: root.path)
        let team = Tenant.make(below: department.path)
        let places = [root, department, team, Tenant.make(below: department.path)]
        let group = try #require(Self.groupID)
        let actor = AccessActor(
            userID: UserID(),
            bindings: [RoleBinding(tenantID: department.id, tenantPath: department.path, role: .member)],
            groupIDs: [group]
        )
        let rule = try Self.rule(try JSONValue(parsing: wanted.rule), at: places[wanted.level])
        let attributes = AccessAttributes(
            tenantPath: team.path,
            environment: wanted.environment,
            labels: wanted.labels,
            hostID: Self.hostID
        )
        let time = try #require(RFC3339.parse(wanted.at))

        let decision = AccessDecision(of: [rule], on: wanted.permission, of: attributes, by: actor, at: time)

        let found: String =
            switch decision.findings[0].verdict {
            case .unconcerned: "unconcerned"
            case .passes: "passes"
            case .refuses(until: let end): end.map { "refuses until \(RFC3339.format($0))" } ?? "refuses"
            }
        #expect(found == wanted.verdict)
        #expect(decision.refusals.isEmpty == !wanted.verdict.hasPrefix("refuses"))
    }

    @Test func oneRefusal_isEnough() throws {
        let root = Tenant.make()
        let actor = AccessActor(userID: UserID(), bindings: [])
        let rules = try [
            Self.rule(["effect": "allowOnly", "conditions": ["environments": ["dev"]]], at: root, name: "Dev only"),
            Self.rule(["effect": "deny", "conditions": ["labels": ["frozen": "yes"]]], at: root, name: "Frozen"),
        ]
        let attributes = AccessAttributes(tenantPath: root.path, labels: ["frozen": "yes"])

        let decision = AccessDecision(of: rules, on: .vclustersUpdate, of: attributes, by: actor, at: Date())

        #expect(decision.findings.map(\.verdict) == [.passes, .refuses(until: nil)])
        #expect(decision.refusals.map(\.rule.content.name) == ["Frozen"])
    }

    @Test(arguments: [
        (#"{"effect":"deny","permissions":["vclusters.update"]}"#, ["name"]),
        (#"{"name":"a","permissions":["vclusters.update"]}"#, ["effect"]),
        (#"{"name":"a","effect":"allow","permissions":["vclusters.update"]}"#, ["effect"]),
        (#"{"name":"a","effect":"deny"}"#, ["permissions"]),
        (#"{"name":"a","effect":"deny","permissions":[]}"#, ["permissions"]),
        (#"{"name":"a","effect":"deny","permissions":["hosts.manage"]}"#, ["permissions"]),
        (#"{"name":"a","effect":"allowOnly","permissions":["vclusters.update"]}"#, ["conditions"]),
        (#"{"name":"a","effect":"deny","permissions":["vclusters.update"],"subject":{"kind":"role"}}"#, ["subject"]),
        (
            #"{"name":"a","effect":"deny","permissions":["vclusters.update"],"subject":{"kind":"role","reference":"boss"}}"#,
            ["subject"]
        ),
        (
            #"{"name":"a","effect":"deny","permissions":["vclusters.update"],"subject":{"kind":"user","reference":"x"}}"#,
            ["subject"]
        ),
        (
            #"{"name":"a","effect":"deny","permissions":["vclusters.update"],"conditions":{"environments":["qa"],"x":1}}"#,
            ["conditions.x", "conditions.environments"]
        ),
    ])
    func content_namesEveryWrongField(json: String, fields: [String]) throws {
        let error = #expect(throws: PortalError.self) {
            try AccessRuleContent(try JSONValue(parsing: json), over: nil)
        }
        #expect(error?.fields.map(\.field) == fields)
    }

    /// A rule on `vclusters.update` unless the JSON says otherwise.
    private static func rule(_ json: JSONValue, at tenant: Tenant, name: String = "Rule") throws -> AccessRule {
        var object = json.object ?? [:]
        object["name"] = .string(name)
        object["permissions"] = object["permissions"] ?? ["vclusters.update"]
        return AccessRule(
            id: AccessRuleID(),
            tenantPath: tenant.path,
            tenantName: tenant.name,
            createdAt: tenant.createdAt,
            updatedAt: tenant.createdAt,
            version: 1,
            content: try AccessRuleContent(.object(object), over: nil)
        )
    }
}
