import HTTPCore
import JSON
import Portal
import PortalTesting
import Testing

@testable import PortalWeb

/// Wrong input to every endpoint, as tables over all routes.
struct InputErrorTests {
    /// The routes that read a JSON body they cannot do without.
    private static let bodyRoutes: [(HTTPMethod, RoutePattern)] = [
        (.post, .login), (.patch, .me), (.post, .tokens), (.post, .tenants), (.patch, .tenant), (.post, .tenantMembers),
        (.post, .vclusters), (.patch, .vcluster), (.post, .vclusterScale), (.post, .vclusterClone), (.post, .hosts),
        (.post, .vclusterSnapshots), (.post, .vclusterRestore),
        (.patch, .host), (.post, .hostAdopt), (.post, .templates), (.patch, .template), (.post, .roles),
        (.patch, .role),
        (.post, .groups), (.patch, .group), (.post, .groupMembers), (.post, .users), (.patch, .user),
        (.post, .invitations), (.post, .serviceAccounts), (.patch, .serviceAccount), (.post, .serviceAccountTokens),
    ]

    /// The routes that take nothing or an empty object.
    private static let emptyRoutes: [(HTTPMethod, RoutePattern)] = [
        (.post, .vclusterSuspend), (.post, .vclusterResume), (.post, .vclusterRetry), (.post, .vclusterUndelete),
        (.post, .operationCancel), (.post, .hostCheck), (.post, .userDisable), (.post, .userEnable),
        (.post, .userResetPassword), (.post, .invitationResend), (.post, .tenantArchive), (.post, .tenantUnarchive),
    ]

    @Test func bodies_haveToBeJSONObjects() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .admin)
            let ids = try await Self.ids(portal)
            for (method, pattern) in Self.bodyRoutes {
                let target = Self.target(pattern, ids)
                for (body, status) in Self.brokenBodies {
                    let response = try await client.send(
                        method,
                        target,
                        headers: ["Content-Type": "application/json"],
                        body: body
                    )
                    let name =
                        "\(method.rawValue) \(pattern.rawValue) \(String(decoding: body.prefix(20), as: UTF8.self))"
                    #expect(response.status == status, "\(name): \(response.text.prefix(200))")
                    #expect(response.headers["Content-Type"] == "application/problem+json", "\(name)")
                    #expect(response.json["status"]?.int == Int64(status), "\(name)")
                    #expect(response.json["requestId"]?.string == response.headers["X-Request-Id"], "\(name)")
                }
            }
        }
    }

    private static let brokenBodies: [([UInt8], Int)] = [
        (Array("".utf8), 400), (Array("{".utf8), 400), (Array("[]".utf8), 400), (Array("null".utf8), 400),
        (Array("\"text\"".utf8), 400), (Array("{\"a\":1,}".utf8), 400), (Array("{\"a\":1}{}".utf8), 400),
        (Array("{\"a\":1,\"a\":2}".utf8), 400), ([0x7B, 0x22, 0xFF, 0x22, 0x3A, 0x31, 0x7D], 400),
        (Array((String(repeating: "{\"a\":", count: 2_000) + "1" + String(repeating: "}", count: 2_000)).utf8), 400),
        (Array(repeating: 0x20, count: (1 << 20) + 1), 413),
    ]

    @Test func strangers_maySendLessThanCallers() async throws {
        try await withPortal { portal in
            let body = Array(repeating: UInt8(ascii: " "), count: (16 << 10) + 1)

            let stranger = try await portal.checked(as: nil).send(
                .post,
                "/api/v1/auth/login",
                headers: ["Content-Type": "application/json"],
                body: body
            )
            let caller = try await portal.checked(as: .admin).send(
                .post,
                "/api/v1/tokens",
                headers: ["Content-Type": "application/json"],
                body: body
            )

            #expect(stranger.status == 413)
            #expect(stranger.json["detail"]?.string?.contains("16384 bytes") == true, "\(stranger.text)")
            #expect(caller.status == 400)
        }
    }

    @Test func bodies_haveToBeDeclaredAsJSON() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .admin)
            let ids = try await Self.ids(portal)
            let types = ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin1", "json"]
            for type in types {
                for (method, pattern) in Self.bodyRoutes + Self.emptyRoutes {
                    let response = try await client.send(
                        method,
                        Self.target(pattern, ids),
                        headers: ["Content-Type": type],
                        body: Array("{}".utf8)
                    )

                    #expect(response.status == 415, "\(type) \(method.rawValue) \(pattern.rawValue): \(response.text)")
                    #expect(response.json["code"] == "UNSUPPORTED_MEDIA_TYPE")
                    #expect(response.headers["Accept"] == "application/json")
                }
            }
        }
    }

    @Test func unknownMembers_areNamed() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .admin)
            let ids = try await Self.ids(portal)
            for (method, pattern) in Self.bodyRoutes + Self.emptyRoutes {
                let response = try await client.send(
                    method,
                    Self.target(pattern, ids),
                    headers: ["Content-Type": "application/json"],
                    body: Array("{\"surprise\":true}".utf8)
                )

                #expect(response.status == 400, "\(method.rawValue) \(pattern.rawValue): \(response.text)")
                #expect(response.errorFields.contains("surprise"), "\(method.rawValue) \(pattern.rawValue)")
            }
        }
    }

    @Test(arguments: [RoutePattern.tenants, .hosts, .hostReleases, .tokens, .operationEvents])
    func unknownParameters_areNamed(of pattern: RoutePattern) async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .admin)
            let response = try await client.get(Self.target(pattern, try await Self.ids(portal)) + "?pageSizes=1")

            #expect(response.status == 400, "\(response.text.prefix(200))")
            #expect(response.errorFields == ["pageSizes"])
        }
    }

    @Test func mistypedMembers_areNamed() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .admin)
            let ids = try await Self.ids(portal)
            let cases: [(HTTPMethod, RoutePattern, JSONValue, Set<String>)] = [
                (.post, .login, ["email": 1, "password": true], ["email", "password"]),
                (.post, .tokens, ["name": [], "expiresAt": "tomorrow"], ["name", "expiresAt"]),
                (.post, .tenants, ["name": 1, "parentId": "up"], ["name", "parentId"]),
                (.patch, .tenant, ["name": nil], ["name"]),
                (.post, .tenantMembers, ["email": "", "role": "king"], ["email", "role"]),
                (
                    .patch, .vcluster, ["spec": 1, "labels": ["a": 1], "expiresAt": 5],
                    ["spec", "labels[\"a\"]", "expiresAt"]
                ),
                (.post, .vclusterScale, ["replicas": "two"], ["replicas"]),
                (.post, .vclusterScale, [:], ["replicas"]),
                (.patch, .host, ["acceptsNew": "no", "settings": []], ["acceptsNew", "settings"]),
                (
                    .post, .hostAdopt, ["tenantId": 1, "namespace": 2, "release": 3],
                    ["tenantId", "namespace", "release"]
                ),
                (.post, .templates, ["name": 1, "spec": "big"], ["name", "spec"]),
                (.patch, .template, ["environment": "moon"], ["environment"]),
            ]
            for (method, pattern, body, fields) in cases {
                let response = try await client.send(
                    method,
                    Self.target(pattern, ids),
                    headers: ["Content-Type": "application/json"],
                    body: body.encoded()
                )

                #expect(response.status == 400, "\(method.rawValue) \(pattern.rawValue): \(response.text)")
                #expect(Set(response.errorFields) == fields, "\(method.rawValue) \(pattern.rawValue): \(response.text)")
            }
        }
    }

    @Test func hugeValues_areRefusedInWords() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .admin)
            let huge = JSONValue.string(String(repeating: "x", count: 100_000))
            // Within what a route for strangers takes.
            let large = JSONValue.string(String(repeating: "x", count: 7_000))
            let tenant = JSONValue.string(portal.organization.payments.id.description)
            let ids = try await Self.ids(portal)
            let cases: [(HTTPMethod, RoutePattern, JSONValue)] = [
                (.post, .login, ["email": large, "password": large]),
                (.patch, .me, ["name": huge, "timeZone": huge]),
                (.post, .tokens, ["name": huge]),
                (.post, .tenants, ["name": huge, "parentId": tenant]),
                (.post, .vclusters, ["name": huge, "tenantId": tenant]),
                (.patch, .vcluster, ["labels": [String(repeating: "k", count: 50_000): "v"]]),
                (.post, .vclusterScale, ["replicas": 9_000_000_000_000_000_000]),
                (.post, .hosts, ["name": huge, "driver": "simulated"]),
                (.post, .hosts, ["name": "x", "driver": "simulated", "settings": ["latencyMilliseconds": 1e300]]),
                (.post, .templates, ["name": huge, "description": huge, "spec": [:]]),
            ]
            for (method, pattern, body) in cases {
                let response = try await client.send(
                    method,
                    Self.target(pattern, ids),
                    headers: ["Content-Type": "application/json"],
                    body: body.encoded()
                )

                #expect(
                    [400, 409].contains(response.status),
                    "\(method.rawValue) \(pattern.rawValue): \(response.status)"
                )
                #expect(response.body.count < 120_000)
            }
            let long = String(repeating: "q", count: 5_000)
            #expect(try await client.get("/api/v1/vclusters?q=\(long)").status == 400)
            #expect(try await client.get("/api/v1/audit?objectId=\(long)").status == 400)
        }
    }

    @Test func mutatedBodies_neverFailTheServer() async throws {
        try await withPortal { portal in
            let client = try await portal.checked(as: .member)
            let tenant = portal.organization.payments.id
            let good = Array(
                """
                {"tenantId":"\(tenant)","name":"demo","spec":{"replicas":1,"resources":{"limits":{"cpu":"1"}}},"labels":{"a":"b"}}
                """.utf8
            )
            var random = SeededGenerator(seed: 42)
            for _ in 0..<300 {
                var body = good
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    body[Int.random(in: 0..<body.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
                }
                let response = try await client.send(
                    .post,
                    "/api/v1/vclusters",
                    headers: ["Content-Type": "application/json"],
                    body: body
                )
                #expect(response.status < 500, "\(String(decoding: body, as: UTF8.self)): \(response.text)")
            }
        }
    }

    /// Objects that exist, so that only the body can be wrong.
    private static func ids(_ portal: TestPortal) async throws -> [String: String] {
        let created = try await portal.createVCluster("ids", by: portal.checked(as: .member))
        return [
            "tenants": portal.organization.payments.id.description,
            "vclusters": created["vcluster"]?["id"]?.string ?? "",
            "operations": created["operation"]?["id"]?.string ?? "",
            "hosts": portal.host.id.description,
            "templates": portal.template.id.description,
            "roles": RoleID().description,
            "groups": GroupID().description,
            "users": UserID().description,
            "invitations": AccountLinkID().description,
            "service-accounts": UserID().description,
        ]
    }

    private static func target(_ pattern: RoutePattern, _ ids: [String: String]) -> String {
        let noun = pattern.rawValue.split(separator: "/").dropFirst(2).first.map(String.init) ?? ""
        return pattern.rawValue.replacing("{id}", with: ids[noun] ?? "")
    }
}

/// A generator whose numbers follow from its seed (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
