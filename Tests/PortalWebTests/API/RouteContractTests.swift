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
}
