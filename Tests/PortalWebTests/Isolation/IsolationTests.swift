import HTTPCore
import JSON
import Portal
import PortalTesting
import Testing

@testable import PortalWeb

/// Every route of `openapi.yaml` and every page, as a user of another tenant: made from the description and the route
/// table, so that a new one cannot be forgotten.
@Suite(.timeLimit(.minutes(2)))
struct IsolationTests {
    /// One operation of the description.
    private struct Described {
        let method: HTTPMethod
        let path: String
        let operation: JSONValue
        var name: String { "\(method.rawValue) \(path)" }
        func isStream(_ document: JSONValue) -> Bool { operation.isStream(in: document) }
    }

    private static func operations(_ document: JSONValue) -> [Described] {
        let methods: [HTTPMethod] = [.get, .put, .post, .patch, .delete]
        return (document["paths"]?.object ?? [:]).flatMap { path, item in
            methods.compactMap { method in
                item[method.rawValue.lowercased()].map { Described(method: method, path: path, operation: $0) }
            }
        }
    }

    private static func send(
        _ route: Described,
        to target: String,
        as client: TestClient,
        _ scene: IsolationScene,
        _ document: JSONValue
    ) async throws -> TestResponse {
        let body = scene.body(of: route.operation, in: document)
        return try await client.send(
            route.method,
            target,
            headers: body == nil ? [:] : ["Content-Type": "application/json"],
            body: body?.encoded() ?? []
        )
    }

    @Test func everyRoute_isClassified() async throws {
        try await withPortal { portal in
            for (method, pattern) in portal.application.routes {
                let path = pattern.rawValue
                let isUnbound = UnboundRoutes.reason(path) != nil
                let isBound = path.contains("{id}") || UnboundRoutes.lists.contains(path)
                #expect(isUnbound != isBound || (isUnbound && path.contains("{id}")), "\(method.rawValue) \(path)")
            }
        }
    }

    @Test(arguments: [TestPersona.stranger, .nobody])
    func objectsOfOthers_doNotExist(persona: TestPersona) async throws {
        try await withPortal(.working) { portal in
            let scene = try await IsolationScene(portal)
            let document = try await APIDescription(of: portal).document
            let client = try await portal.client(as: persona)
            var count = 0
            for route in Self.operations(document)
            where route.path.contains("{id}") && UnboundRoutes.reason(route.path) == nil {
                guard let id = scene.objectID(of: route.path) else {
                    Issue.record(
                        "\(route.name): no object for {id}; see IsolationScene and UnboundRoutes"
                    )
                    continue
                }
                let target = route.path.replacing("{id}", with: id) + scene.query(of: route.operation, in: document)
                let response = try await Self.send(route, to: target, as: client, scene, document)
                // Who has no role at all may not even ask for tokens; that tells nothing about the token.
                let isRefusedUnseen = persona == .nobody && route.path.contains("/tokens/") && response.status == 403

                #expect(response.status == 404 || isRefusedUnseen, "\(route.name): \(response.status) \(response.text)")
                #expect(scene.leak(in: response.text, asked: target) == nil, "\(route.name): \(response.text)")
                count += 1
            }
            #expect(count >= 20)
            // None of these did anything.
            let vcluster = try await portal.client(as: .member).get("/api/v1/vclusters/\(scene.vclusterID)")
            #expect(vcluster.json["phase"] == "RUNNING" && vcluster.json["generation"] == 1)
        }
    }

    @Test func listsAndWrites_haveNothingOfOthers() async throws {
        try await withPortal(.working) { portal in
            let scene = try await IsolationScene(portal)
            let document = try await APIDescription(of: portal).document
            for persona in [TestPersona.stranger, .nobody] {
                let client = try await portal.client(as: persona)
                for route in Self.operations(document)
                where !route.path.contains("{id}") && UnboundRoutes.reason(route.path) == nil
                    && !route.isStream(document)
                {
                    let response = try await Self.send(route, to: route.path, as: client, scene, document)
                    let body = scene.body(of: route.operation, in: document)?.encodedString() ?? ""

                    #expect(response.status < 500, "\(route.name)")
                    #expect(scene.leak(in: response.text, asked: body) == nil, "\(route.name): \(response.text)")
                    // What names a tenant in its body is turned away as if there were no such tenant.
                    if body.contains(scene.tenantID) {
                        #expect(response.status == 404, "\(route.name): \(response.status) \(response.text)")
                    }
                }
            }
        }
    }

    /// What belongs to the organization or to the caller has no tenant, and so nothing of one to tell.
    @Test func unboundRoutes_tellNothingOfOthers() async throws {
        try await withPortal(.working) { portal in
            let scene = try await IsolationScene(portal)
            let (client, browser) = (try await portal.client(as: .stranger), try await portal.browser(as: .stranger))
            var count = 0
            for (method, pattern) in portal.application.routes
            where method == .get && UnboundRoutes.reason(pattern.rawValue) != nil
                && !UnboundRoutes.descriptions.contains(pattern)
            {
                let path = pattern.rawValue
                for id in path.contains("{id}") ? scene.ids : [""] {
                    let target = path.replacing("{id}", with: id).replacing("{path}", with: "css/base.css")
                    let response = try await (pattern.audience == .page ? browser : client).get(target)

                    #expect(response.status < 500, "\(target)")
                    #expect(scene.leak(in: response.text, asked: target) == nil, "\(target): \(response.text)")
                    count += 1
                }
            }
            #expect(count >= 20)
        }
    }

    @Test func filtersByObjectsOfOthers_findNothing() async throws {
        try await withPortal(.working) { portal in
            let scene = try await IsolationScene(portal)
            let document = try await APIDescription(of: portal).document
            let client = try await portal.client(as: .stranger)
            var count = 0
            for route in Self.operations(document)
            where route.method == .get && !route.path.contains("{id}") && UnboundRoutes.reason(route.path) == nil {
                for parameter in route.operation["parameters"]?.array ?? [] {
                    guard let name = parameter["name"]?.string else { continue }
                    let values = [scene.value(of: name)].compactMap(\.self) + (name == "q" ? ["secret", "pay"] : [])
                    for value in values {
                        let target = "\(route.path)?\(name)=\(value)"
                        let response = try await client.get(target)

                        let isEmpty = response.json["items"]?.array?.isEmpty == true
                        #expect([403, 404].contains(response.status) || isEmpty, "\(target): \(response.text)")
                        #expect(scene.leak(in: response.text, asked: target) == nil, "\(target): \(response.text)")
                        count += 1
                    }
                }
            }
            #expect(count >= 8)
        }
    }

    @Test func streams_tellNothingOfOthers() async throws {
        try await withPortal(.working) { portal in
            let scene = try await IsolationScene(portal)
            let document = try await APIDescription(of: portal).document
            let stranger = try await portal.checked(as: .stranger)
            var count = 0
            for route in Self.operations(document) where route.isStream(document) && !route.path.contains("{id}") {
                count += 1
                let stream = try await stranger.client.events("\(route.path)?sendInitial=true")
                // A change of theirs, then one of the stranger's: who gets the second had the chance of the first.
                let member = try await portal.client(as: .member)
                let change: JSONValue = ["labels": ["a": "b"]]
                #expect(try await member.patch("/api/v1/vclusters/\(scene.vclusterID)", change).status < 300)
                let own: JSONValue = ["tenantId": .string(portal.organization.data.id.description), "name": "own"]
                #expect(try await stranger.post("/api/v1/vclusters", own).status == 202)
                for try await event in stream {
                    let text = event.data.encodedString()
                    #expect(scene.leak(in: text, asked: "") == nil, "\(route.name): \(text)")
                    if event.data["object"]?["name"] == "own" { break }
                }
            }
            #expect(count > 0)
        }
    }

    @Test func pages_haveNothingOfOthers() async throws {
        try await withPortal(.working) { portal in
            let scene = try await IsolationScene(portal)
            let browser = try await portal.browser(as: .stranger)
            for (method, pattern) in portal.application.routes
            where pattern.audience == .page && UnboundRoutes.reason(pattern.rawValue) == nil {
                let path = pattern.rawValue
                let name = "\(method.rawValue) \(path)"
                guard path.contains("{id}") else {
                    guard method == .get else { continue }
                    for query in ["", "?q=secret", "?tenant=\(scene.tenantID)", "?tenantId=\(scene.tenantID)"] {
                        let response = try await browser.get(path + query)
                        #expect(response.status < 500, "\(name)\(query)")
                        #expect(scene.leak(in: response.text, asked: query) == nil, "\(name)\(query)")
                    }
                    continue
                }
                guard let id = scene.objectID(of: path) else {
                    Issue.record("\(name): no object for {id}; teach IsolationScene")
                    continue
                }
                let target = path.replacing("{id}", with: id)
                let response =
                    method == .get ? try await browser.get(target) : try await browser.submit(target, form: [])
                #expect(response.status == 404, "\(name): \(response.status)")
                #expect(scene.leak(in: response.text, asked: target) == nil, "\(name)")
            }
        }
    }

    @Test func forms_cannotAimAtOthers() async throws {
        try await withPortal(.working) { portal in
            let scene = try await IsolationScene(portal)
            let browser = try await portal.browser(as: .stranger)
            for (method, pattern) in portal.application.routes
            where pattern.audience == .page && method == .post && !pattern.rawValue.contains("{id}")
                && UnboundRoutes.reason(pattern.rawValue) == nil
            {
                let form = ["tenantId", "tenant", "parentId"].map { (name: $0, value: scene.tenantID) }
                let response = try await browser.submit(
                    pattern.rawValue,
                    form: form + [(name: "name", value: "aimed"), (name: "step", value: "review")]
                )
                #expect(response.status < 500, "\(pattern.rawValue)")
                #expect(scene.leak(in: response.text, asked: scene.tenantID) == nil, "\(pattern.rawValue)")
            }
            let all = try await portal.client(as: .admin).get("/api/v1/vclusters?q=aimed")
            #expect(all.json["items"]?.array?.isEmpty == true)
        }
    }
}

extension JSONValue {
    /// Whether an operation of the description answers with a stream of events, which ends when the client goes.
    func isStream(in document: JSONValue) -> Bool {
        let content = self["responses"]?["200"]?.following(document)["content"]
        return content?.object?.keys.contains("text/event-stream") == true
    }
}
