import HTTPCore
import JSON
import PortalTesting
import Testing

/// `openapi.yaml` as the portal itself serves it.
struct APIDescription: Sendable {
    let document: JSONValue

    init(of portal: TestPortal) async throws {
        document = try await portal.client().get("/openapi.json").json
        try #require(document["openapi"]?.string == "3.1.0")
    }

    /// `GET /api/v1/me` and so on, as written in the file.
    var operations: Set<String> {
        let methods = ["get", "put", "post", "delete", "patch"]
        var found: Set<String> = []
        for (path, item) in document["paths"]?.object ?? [:] {
            for method in methods where item[method] != nil { found.insert("\(method.uppercased()) \(path)") }
        }
        return found
    }

    /// The path template of a target; literal segments win over parameters.
    func template(of target: String) -> String? {
        let path = target.split(separator: "?", omittingEmptySubsequences: false)[0]
        let segments = path.split(separator: "/")
        let fitting = (document["paths"]?.object ?? [:]).keys.filter { template in
            let parts = template.split(separator: "/")
            return parts.count == segments.count && zip(parts, segments).allSatisfy { $0 == $1 || $0.hasPrefix("{") }
        }
        return fitting.min { $0.filter { $0 == "{" }.count < $1.filter { $0 == "{" }.count }
    }

    /// What a response breaks of its description; empty when it is as described.
    func problems(of response: TestResponse, to method: String, _ target: String) -> [String] {
        guard let template = template(of: target),
            let operation = document["paths"]?[template]?[method.lowercased()]
        else { return ["\(method) \(target) is not described"] }
        // These are the same everywhere and described once, in the introduction.
        guard ![404, 405].contains(response.status) || operation["responses"]?[String(response.status)] != nil else {
            return []
        }
        guard let described = operation["responses"]?[String(response.status)]?.following(document) else {
            return ["the status \(response.status) is not described"]
        }
        guard let content = described["content"]?.object else {
            return response.body.isEmpty ? [] : ["a body is not described"]
        }
        let type = response.headers["Content-Type"]?.split(separator: ";").first.map(String.init) ?? ""
        guard let schema = content[type]?["schema"] else { return ["the content type \(type) is not described"] }
        guard type.hasSuffix("json") else { return [] }
        return SchemaCheck.problems(of: response.json, against: schema, in: document)
    }
}
