import FoundationEssentials
import JSON
import Portal
import PortalTesting
import Testing

@testable import PortalWeb

/// What Payments has, for the eyes of a member of Data: no answer may have any of it.
struct IsolationScene: Sendable {
    let portal: TestPortal
    /// A vcluster of Payments that runs, and the operation that made it.
    let vclusterID: String
    let operationID: String
    /// A snapshot of the vcluster.
    let snapshotID: String
    /// A token of a member of Payments.
    let tokenID: String
    /// What a manager made for Payments: a role, a group, a rule, an invitation, a service account.
    let roleID: String
    let groupID: String
    let ruleID: String
    let policyID: String
    /// A change that the policy holds up.
    let requestID: String
    let invitationID: String
    let serviceAccountID: String
    /// A client certificate of the service account.
    let certificateID: String
    /// A loan of a part of the quota to the sibling Platform.
    let loanID: String

    /// The name of the vcluster, which occurs nowhere else.
    static let name = "secret-of-payments"
    /// The name of the vcluster that is asked for.
    static let wish = "wish-of-payments"

    /// Builds it in a portal whose workers run.
    init(_ portal: TestPortal) async throws {
        self.portal = portal
        let member = try await portal.checked(as: .member)
        let created = try await portal.createVCluster(Self.name, by: member)
        vclusterID = try #require(created["vcluster"]?["id"]?.string)
        operationID = try #require(created["operation"]?["id"]?.string)
        try await portal.waitForPhase("RUNNING", of: vclusterID, by: member)
        let snapshot = try await member.post("/api/v1/vclusters/\(vclusterID)/snapshots", ["name": .string(Self.name)])
        snapshotID = try #require(snapshot.json["snapshot"]?["id"]?.string, "\(snapshot.text)")
        try await portal.waitForPhase("RUNNING", of: vclusterID, by: member)
        let tokens = try await portal.services.identity.listTokens(as: portal.organization.member)
        tokenID = try #require(tokens.items.first).id.description
        let manager = try await portal.checked(as: .manager)
        let tenant = JSONValue.string(portal.organization.payments.id.description)
        func made(_ path: String, _ members: JSONObject) async throws -> String {
            var body = members
            body["tenantId"] = tenant
            body["name"] = .string(Self.name)
            let response = try await manager.post(path, .object(body))
            try #require(response.status == 201, "\(path): \(response.text)")
            let object = ["invitation", "serviceAccount"].compactMap { response.json[$0] }.first ?? response.json
            return try #require(object["id"]?.string, "\(path): \(response.text)")
        }
        roleID = try await made("/api/v1/roles", ["permissions": ["vclusters.suspend"]])
        groupID = try await made("/api/v1/groups", [:])
        invitationID = try await made("/api/v1/invitations", ["email": "guest@acme.example", "role": "viewer"])
        serviceAccountID = try await made("/api/v1/service-accounts", [:])
        // Only who manages all accounts maps certificates.
        let certificate = try await portal.client(as: .admin).post(
            "/api/v1/service-accounts/\(serviceAccountID)/certificates",
            ["kind": "uri", "value": .string("spiffe://acme.example/\(Self.name)")]
        )
        certificateID = try #require(certificate.json["id"]?.string, "\(certificate.text)")
        loanID = try await Self.lend(portal, by: manager)
        ruleID = try await made(
            "/api/v1/access-rules",
            [
                "effect": "deny", "permissions": ["vclusters.create"],
                "subject": ["kind": "role", "reference": "auditor"],
            ]
        )
        let asks: JSONValue = ["ask": "first"]
        policyID = try await made(
            "/api/v1/approval-policies",
            ["verbs": ["create"], "conditions": ["labels": asks], "steps": [["role": "manager"]]]
        )
        let wish: JSONValue = ["tenantId": tenant, "name": .string(Self.wish), "labels": asks]
        let requested = try await member.post("/api/v1/vclusters", wish)
        requestID = try #require(requested.json["request"]?["id"]?.string, "\(requested.text)")
    }

    private static func lend(_ portal: TestPortal, by manager: CheckedClient) async throws -> String {
        let acme = portal.organization
        let admin = try await portal.checked(as: .admin)
        for tenant in [acme.payments, acme.platform] {
            let limited = try await admin.put("/api/v1/tenants/\(tenant.id)/quota", ["limits": ["cpu": "100"]])
            try #require(limited.status == 200, "\(limited.text)")
        }
        let until = RFC3339.format(portal.services.time.now().addingTimeInterval(86_400))
        let loan = try await manager.post(
            "/api/v1/tenants/\(acme.payments.id)/quota/loans",
            [
                "toTenantId": .string(acme.platform.id.description), "amounts": ["cpu": "1"], "until": .string(until),
                "reason": .string(name),
            ]
        )
        return try #require(loan.json["id"]?.string, "\(loan.text)")
    }

    var tenantID: String { portal.organization.payments.id.description }

    /// What would give Payments away: ids and names.
    var secrets: [String] {
        let organization = portal.organization
        return [
            vclusterID, operationID, snapshotID, tokenID, roleID, groupID, ruleID, policyID, requestID, invitationID,
            serviceAccountID, certificateID, loanID, Self.name, Self.wish,
            organization.payments.id.description,
            organization.platform.id.description, organization.engineering.id.description,
            organization.payments.name, organization.platform.name,
            organization.engineering.name, organization.member.user.email, organization.manager.user.email,
            organization.member.user.id.description,
        ]
    }

    /// The ids of one object of every kind, and of somebody of Payments.
    var ids: [String] {
        [
            vclusterID, operationID, snapshotID, tokenID, roleID, groupID, ruleID, policyID, requestID, invitationID,
            serviceAccountID, tenantID, certificateID, loanID, portal.organization.member.user.id.description,
        ]
    }

    /// The first secret in a text, without those that the question had in it.
    func leak(in text: String, asked question: String) -> String? {
        secrets.first { text.contains($0) && !question.contains($0) }
    }

    /// An existing object of Payments for the `{id}` of a path; nil when the noun is not known here.
    func objectID(of path: String) -> String? {
        let segments = path.split(separator: "/").map(String.init)
        let noun = segments.firstIndex(of: "{id}").map { $0 > 0 ? segments[$0 - 1] : "" }
        return switch noun {
        case "tenants": tenantID
        case "vclusters": vclusterID
        case "operations": operationID
        case "snapshots": snapshotID
        case "tokens": tokenID
        case "roles": roleID
        case "groups": groupID
        case "access-rules": ruleID
        case "approval-policies": policyID
        case "requests": requestID
        case "invitations": invitationID
        case "service-accounts": serviceAccountID
        case "client-certificates": certificateID
        case "quota-loans": loanID
        default: nil
        }
    }

    /// The value of a field or parameter that names an object of Payments; nil for others.
    func value(of field: String) -> String? {
        switch field {
        case "tenantId", "parentId": tenantID
        case "toTenantId": portal.organization.platform.id.description
        case "vclusterId": vclusterID
        case "operationId": operationID
        case "snapshotId": snapshotID
        case "userId": portal.organization.member.user.id.description
        case "email": portal.organization.viewer.user.email
        case "objectId": vclusterID
        case "roleId": roleID
        case "groupId": groupID
        default: nil
        }
    }

    /// The parameters that an operation cannot do without, and the user it is about; as text behind the path.
    func query(of operation: JSONValue, in document: JSONValue) -> String {
        let parameters = (operation["parameters"]?.array ?? []).map { $0.following(document) }
        let pairs = parameters.filter { $0["in"] == "query" }.compactMap { parameter -> String? in
            guard let name = parameter["name"]?.string, parameter["required"] == true || name == "userId" else {
                return nil
            }
            let schema = parameter["schema"]?.following(document)
            guard let value = value(of: name) ?? schema?["enum"]?[0]?.string ?? Self.samples[name] else { return nil }
            return "\(name)=\(value)"
        }
        return pairs.isEmpty ? "" : "?" + pairs.joined(separator: "&")
    }

    /// Values of required parameters whose schema has no list of them.
    private static let samples = ["role": "member", "permission": "vclusters.create"]

    /// A body that is right, after the description's example, with the objects of Payments in it.
    func body(of operation: JSONValue, in document: JSONValue) -> JSONValue? {
        guard let media = operation["requestBody"]?.following(document)["content"]?["application/json"] else {
            return nil
        }
        return filled(media["example"] ?? [:])
    }

    private func filled(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let object):
            var filled: JSONObject = [:]
            for (key, member) in object { filled[key] = self.value(of: key).map { .string($0) } ?? self.filled(member) }
            return .object(filled)
        case .array(let elements): return .array(elements.map(filled))
        default: return value
        }
    }
}
