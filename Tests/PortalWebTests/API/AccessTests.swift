import HTTPCore
import JSON
import Portal
import PortalTesting
import Testing

@testable import PortalWeb

/// Who may call what, as tables over all routes.
struct AccessTests {
    @Test func everyRoute_needsACaller() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: nil)
            for (method, pattern) in portal.application.routes where pattern.audience == .api && pattern != .login {
                let response = try await client.send(method, Self.target(method, pattern, id: VClusterID().description))

                #expect(response.status == 401, "\(method.rawValue) \(pattern.rawValue)")
                #expect(response.json["code"] == "UNAUTHENTICATED")
                #expect(response.headers["WWW-Authenticate"]?.hasPrefix("Bearer") == true)
            }
        }
    }

    @Test func wrongCredentials_areNone() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: nil)
            let attempts: [HTTPHeaders] = [
                ["Authorization": "Bearer nonsense"], ["Authorization": "Basic YTpi"], ["Authorization": "Bearer"],
                ["Cookie": "portal_session=nonsense"], ["Cookie": "portal_session="],
            ]
            for headers in attempts {
                let response = try await client.get("/api/v1/me", headers: headers)

                #expect(response.status == 401, "\(headers)")
            }
        }
    }

    @Test func unknownIDs_doNotExist() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .admin)
            for id in ["not-an-id", VClusterID().description, "..%2F..", "%00", String(repeating: "9", count: 4_000)] {
                guard (try? RequestTarget("/api/v1/vclusters/\(id)")) != nil else { continue }
                for (method, pattern) in portal.application.routes
                where pattern.audience == .api && pattern.rawValue.contains("{id}") {
                    let body = Self.minimalBody(method, pattern, portal)
                    let response = try await client.send(
                        method,
                        Self.target(method, pattern, id: id),
                        headers: body.isEmpty ? [:] : ["Content-Type": "application/json"],
                        body: body
                    )
                    #expect(response.status == 404, "\(method.rawValue) \(pattern.rawValue) \(id): \(response.text)")
                }
            }
        }
    }

    @Test func otherTenantsVClusters_doNotExist() async throws {
        try await withPortal { portal in
            let owner = try await portal.checked(as: .member)
            let created = try await portal.createVCluster(by: owner)
            let vcluster = created["vcluster"]?["id"]?.string ?? ""
            let operation = created["operation"]?["id"]?.string ?? ""
            for persona in [TestPersona.stranger, .nobody] {
                let client = try await portal.checked(as: persona)
                for (method, pattern) in portal.application.routes where pattern.rawValue.contains("{id}") {
                    let id: String
                    if pattern.rawValue.hasPrefix("/api/v1/vclusters/") {
                        id = vcluster
                    } else if pattern.rawValue.hasPrefix("/api/v1/operations/") {
                        id = operation
                    } else {
                        continue
                    }
                    let body = Self.minimalBody(method, pattern, portal)
                    let response = try await client.send(
                        method,
                        Self.target(method, pattern, id: id),
                        headers: body.isEmpty ? [:] : ["Content-Type": "application/json"],
                        body: body
                    )
                    #expect(response.status == 404, "\(persona) \(method.rawValue) \(pattern.rawValue)")
                }
            }
        }
    }

    @Test func visibleWithoutPermission_isForbiddenByName() async throws {
        try await withPortal { portal in
            let id = try await portal.createVCluster(by: portal.checked(as: .member))["vcluster"]?["id"]?.string ?? ""
            let client = try await portal.checked(as: .viewer)
            let path = "/api/v1/vclusters/\(id)"

            let answers = [
                ("vclusters.suspend", try await client.post("\(path)/suspend")),
                ("vclusters.suspend", try await client.post("\(path)/resume")),
                ("vclusters.update", try await client.post("\(path)/scale", ["replicas": 1])),
                ("vclusters.update", try await client.patch(path, ["labels": ["a": "b"]])),
                ("vclusters.delete", try await client.post("\(path)/undelete")),
                ("vclusters.create", try await client.post("\(path)/clone", ["name": "copy"])),
                ("vclusters.delete", try await client.delete(path)),
                ("vclusters.snapshot", try await client.post("\(path)/snapshots", ["name": "first"])),
                ("vclusters.restore", try await client.post("\(path)/restore", ["snapshotId": .string(id)])),
                ("vclusters.kubeconfig", try await client.get("\(path)/kubeconfig")),
            ]

            for (permission, response) in answers {
                #expect(response.status == 403, "\(permission) \(response.text)")
                #expect(response.json["missingPermission"]?.string == permission)
            }
        }
    }

    @Test func cookies_needTheCSRFToken() async throws {
        try await withPortal { portal in
            var browser = try await portal.browser(as: .member)
            let tenant = JSONValue.string(portal.organization.payments.id.description)
            let body: JSONValue = ["tenantId": tenant, "name": "demo"]

            let elsewhere = try await browser.post(
                "/api/v1/vclusters",
                body,
                headers: ["Origin": "https://evil.example"]
            )
            let crossSite = try await browser.post(
                "/api/v1/vclusters",
                body,
                headers: ["Sec-Fetch-Site": "cross-site"]
            )
            let good = try await browser.post("/api/v1/vclusters", body, headers: ["Origin": "http://localhost"])
            browser.headers.remove("X-CSRF-Token")
            let missing = try await browser.post("/api/v1/vclusters", body)
            let wrong = try await browser.post("/api/v1/vclusters", body, headers: ["X-CSRF-Token": "guess"])

            #expect(elsewhere.status == 403 && crossSite.status == 403)
            #expect(missing.status == 403 && wrong.status == 403)
            #expect(good.status == 202)
            #expect(try await browser.get("/api/v1/me").status == 200)
        }
    }

    private static func target(_ method: HTTPMethod, _ pattern: RoutePattern, id: String) -> String {
        let path = pattern.rawValue.replacing("{id}", with: id)
        switch (method, pattern) {
        case (.delete, .tenantMembers): return path + "?userId=\(UserID())&role=viewer"
        case (.delete, .groupMembers): return path + "?userId=\(UserID())"
        case (.get, .tenantAccess): return path + "?permission=tenants.read"
        default: return path
        }
    }

    /// A body that is right but for the id, so that only the id can be wrong.
    private static func minimalBody(_ method: HTTPMethod, _ pattern: RoutePattern, _ portal: TestPortal) -> [UInt8] {
        let tenant = JSONValue.string(portal.organization.payments.id.description)
        let body: JSONValue? =
            switch (method, pattern) {
            case (.post, .vclusterScale): ["replicas": 1]
            case (.post, .vclusterClone): ["name": "copy"]
            case (.post, .vclusterSnapshots): ["name": "first"]
            case (.post, .vclusterRestore): ["snapshotId": tenant]
            case (.post, .tenantMembers): ["email": "nobody@acme.example", "role": "viewer"]
            case (.post, .tenantMove): ["parentId": tenant]
            case (.post, .requestComments): ["comment": "x"]
            case (.post, .groupMembers): ["email": "nobody@acme.example"]
            case (.post, .serviceAccountTokens): ["name": "x"]
            case (.post, .serviceAccountCertificates): ["kind": "uri", "value": "spiffe://x"]
            case (.post, .hostAdopt): ["tenantId": tenant, "namespace": "a", "release": "a"]
            case (.post, .quotaLoans):
                ["toTenantId": tenant, "amounts": ["cpu": 1], "until": "2099-01-01T00:00:00Z", "reason": "x"]
            case (.patch, .tenant): ["name": "x"]
            case (.patch, _), (.put, _), (.post, .tenantQuotaSimulate): [:]
            default: nil
            }
        return body?.encoded() ?? []
    }
}
