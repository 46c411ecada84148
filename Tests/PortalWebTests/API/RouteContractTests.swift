import HTTPCore
import JSON
import PortalTesting
import Testing

@testable import PortalWeb

struct RouteContractTests {
    @Test func routes_areThoseOfTheDescription() async throws {
        try await withPortal { portal in
            let described = try await APIDescription(of: portal).operations
            let served = Set(
                portal.application.routes
                    .filter { $0.pattern.audience != .page && $0.pattern != .staticFile }
                    .map { "\($0.method.rawValue) \($0.pattern.rawValue)" }
            )

            #expect(served.subtracting(described).sorted() == [], "served and not described")
            #expect(described.subtracting(served).sorted() == [], "described and not served")
        }
    }

    @Test func description_namesEveryOperationOnce() async throws {
        try await withPortal { portal in
            let document = try await APIDescription(of: portal).document
            var ids: [String] = []
            for (path, item) in document["paths"]?.object ?? [:] {
                for (method, operation) in item.object ?? [:] where method != "parameters" {
                    ids.append(operation["operationId"]?.string ?? "\(method) \(path) has no operationId")
                    #expect(operation["summary"]?.string?.isEmpty == false, "\(method) \(path)")
                    #expect(operation["tags"]?.array?.count == 1, "\(method) \(path)")
                }
            }

            #expect(Set(ids).count == ids.count)
            #expect(!ids.contains { $0.contains(" ") })
        }
    }

    @Test func description_listsEveryProblemCode() async throws {
        try await withPortal { portal in
            let document = try await APIDescription(of: portal).document
            let codes = document.resolve("#/components/schemas/Problem/properties/code/enum")?.array ?? []

            #expect(Set(codes.compactMap(\.string)) == Set(ProblemCode.allCases.map(\.rawValue)))
        }
    }

    @Test func description_examplesFitTheirSchemas() async throws {
        try await withPortal { portal in
            let document = try await APIDescription(of: portal).document
            for (path, item) in document["paths"]?.object ?? [:] {
                for (method, operation) in item.object ?? [:] {
                    for (type, media) in operation["requestBody"]?["content"]?.object ?? [:] {
                        guard let example = media["example"], let schema = media["schema"] else { continue }
                        let problems = SchemaCheck.problems(of: example, against: schema, in: document)
                        #expect(problems == [], "\(method) \(path) \(type)")
                    }
                }
            }
        }
    }

    /// A comma in a text that is not quoted begins another keyword in a flow mapping of YAML, whose value is null.
    @Test func description_losesNoTextToYAML() async throws {
        try await withPortal { portal in
            let document = try await APIDescription(of: portal).document
            #expect(Self.nullKeywords(in: document["components"] ?? .null, at: "components") == [])
        }
    }

    @Test func description_ofLists_saysThatParametersAreChecked() async throws {
        try await withPortal { portal in
            for operation in try await Self.operations(of: portal) {
                guard operation.parameters.contains("PageSize") else { continue }
                #expect(operation.statuses.contains("400"), "\(operation.name)")
            }
        }
    }

    @Test func description_ofPosts_takesIdempotencyKeys_whereTheyAreKept() async throws {
        let unkept = ["/api/v1/auth/login", "/api/v1/auth/logout", "/api/v1/me/password"]
        try await withPortal { portal in
            for operation in try await Self.operations(of: portal) where operation.method == "post" {
                let isKept = !unkept.contains(operation.path)
                #expect(operation.parameters.contains("IdempotencyKey") == isKept, "\(operation.name)")
                guard isKept else { continue }
                // The key may be used with another body (422), and any body is read (413, 415).
                #expect(operation.statuses.isSuperset(of: ["400", "413", "415", "422"]), "\(operation.name)")
            }
        }
    }

    private struct DescribedOperation {
        let path: String
        let method: String
        let parameters: Set<String>
        let statuses: Set<String>

        var name: String { "\(method) \(path)" }
    }

    private static func operations(of portal: TestPortal) async throws -> [DescribedOperation] {
        let document = try await APIDescription(of: portal).document
        return (document["paths"]?.object ?? [:]).flatMap { path, item in
            let shared = item["parameters"]?.array ?? []
            return (item.object ?? [:]).filter { $0.key != "parameters" }.map { method, operation in
                let parameters = (shared + (operation["parameters"]?.array ?? [])).compactMap { $0["$ref"]?.string }
                return DescribedOperation(
                    path: path,
                    method: method,
                    parameters: Set(parameters.compactMap { $0.split(separator: "/").last.map(String.init) }),
                    statuses: Set((operation["responses"]?.object ?? [:]).keys)
                )
            }
        }
    }

    private static func nullKeywords(in value: JSONValue, at path: String) -> [String] {
        if let object = value.object {
            return object.flatMap { key, member in
                // Null is a value there, and means itself.
                if ["example", "examples", "const", "default", "enum"].contains(key) { return [String]() }
                return member == .null ? [path + "/" + key] : nullKeywords(in: member, at: path + "/" + key)
            }
        }
        return (value.array ?? []).flatMap { nullKeywords(in: $0, at: path + "/[]") }
    }
}
