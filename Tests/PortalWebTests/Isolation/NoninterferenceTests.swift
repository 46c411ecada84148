import FoundationEssentials
import HTTPCore
import JSON
import Portal
import PortalTesting
import Synchronization
import Testing

@testable import PortalWeb

/// What a manager of Data gets is the same to the letter, whether or not Payments has anything: no list, no count, no
/// suggestion of a search, no order, no total that others move.
@Suite(.timeLimit(.minutes(2)))
struct NoninterferenceTests {
    /// What the manager asks for: every GET of the description and every page, on their own objects.
    private struct Reader {
        let portal: TestPortal
        let client: TestClient
        let browser: TestClient
        let targets: [(target: String, isPage: Bool)]

        init(_ portal: TestPortal) async throws {
            self.portal = portal
            let data = portal.organization.data
            let stranger = portal.organization.stranger.user.id
            try await portal.services.tenants.addMember(stranger, role: .manager, to: data.id, as: .system("test"))
            client = try await portal.client(as: .stranger)
            browser = try await portal.browser(as: .stranger)
            let checked = try await portal.checked(as: .stranger)
            let body: JSONValue = ["tenantId": .string(data.id.description), "name": "own"]
            let created = try await checked.post("/api/v1/vclusters", body).json
            let vclusterID = try #require(created["vcluster"]?["id"]?.string)
            try await portal.waitForPhase("RUNNING", of: vclusterID, by: checked)
            let own = [
                "tenants": data.id.description, "vclusters": vclusterID,
                "operations": try #require(created["operation"]?["id"]?.string),
                "users": stranger.description,
            ]
            let document = try await APIDescription(of: portal).document
            targets = portal.application.routes.flatMap { method, pattern -> [(String, Bool)] in
                let isPage = pattern.audience == .page
                let operation = document["paths"]?[pattern.rawValue]?["get"]
                guard method == .get, isPage || pattern.audience == .api, operation?.isStream(in: document) != true
                else { return [] }
                var path = pattern.rawValue
                if path.contains("{id}") {
                    let noun = path.split(separator: "/").last { own.keys.contains(String($0)) }.map(String.init)
                    guard let noun, path.contains("/\(noun)/{id}"), let id = own[noun] else { return [] }
                    path = path.replacing("{id}", with: id)
                }
                return Self.queries(of: pattern).map { (path + $0, isPage) }
            }
        }

        private static func queries(of pattern: RoutePattern) -> [String] {
            switch pattern {
            case .tenantAccess: ["?permission=vclusters.create"]
            case .vclusterKubeconfig, .vclusterPageKubeconfig: []
            default: ["", "?q=secret", "?q=pay", "?pageSize=1"]
            }
        }

        /// Every answer, without what is new in each: the ids of the requests, the masks of tokens.
        func answers() async throws -> [String: String] {
            var answers: [String: String] = [:]
            for (target, isPage) in targets {
                let response = try await (isPage ? browser : client).get(target)
                var json = response.json.object ?? [:]
                json["requestId"] = nil
                let text = response.json.object == nil ? response.text : JSONValue.object(json).encodedString()
                // The token of forms is masked anew for each page.
                let plain = text.replacing(/name="csrf" value="[^"]*"/, with: "")
                answers[target] = "\(response.status)\n\(plain)"
            }
            return answers
        }
    }

    @Test func othersChangeNothing() async throws {
        var options = TestPortalOptions.working
        let time = HeldTime()
        options.time = time
        try await withPortal(options) { portal in
            let reader = try await Reader(portal)
            let moment = time.now()
            let before = try await time.held(at: moment) { try await reader.answers() }

            let scene = try await IsolationScene(portal)
            let after = try await time.held(at: moment) { try await reader.answers() }

            #expect(before.count >= 100)
            for (target, answer) in before where after[target] != answer {
                let lines = zip(answer.split(separator: "\n"), after[target]?.split(separator: "\n") ?? [])
                let difference = lines.first { $0 != $1 }.map { "\($0)\n\($1)" } ?? "of other lengths"
                Issue.record("\(target) differs: \(difference)")
            }
            for (target, answer) in after {
                #expect(scene.leak(in: answer, asked: target) == nil, "\(target)")
            }
        }
    }
}

/// A clock that stands while answers are compared, or every “a minute ago” would differ; else workers need it to go on.
private final class HeldTime: TimeSource {
    private let held = Mutex<Date?>(nil)

    func now() -> Date {
        held.withLock { $0 } ?? SystemTimeSource().now()
    }

    func held<Result>(at moment: Date, _ body: () async throws -> Result) async throws -> Result {
        held.withLock { $0 = moment }
        defer { held.withLock { $0 = nil } }
        return try await body()
    }
}
