import HTTPCore
import HTTPServer
import JSON
import Portal

/// The probes: `/healthz` and `/readyz`.
enum HealthEndpoints {
    static func register(on router: inout Router) {
        router.on(.get, .health, access: .anyone) { _ in .json(["status": "ok"]) }
        router.on(.get, .readiness, access: .anyone) { context in
            let checks = await context.environment.readiness.check()
            let isReady = checks.allSatisfy { $0.problem == nil }
            let names = checks.map { (key: $0.name, value: JSONValue.string($0.problem ?? "ok")) }
            let body: JSONValue = [
                "status": .string(isReady ? "ok" : "unavailable"), "checks": .object(JSONObject(names)),
            ]
            return .json(body, status: isReady ? .ok : .serviceUnavailable)
        }
    }
}
