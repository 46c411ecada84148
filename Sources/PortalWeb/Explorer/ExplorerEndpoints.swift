import HTTPCore
import HTTPServer

/// The API description and the page to try it: `/openapi.yaml`, `/openapi.json`, `/docs`.
enum ExplorerEndpoints {
    static func register(on router: inout Router, root: String) throws {
        let document = try OpenAPIDocument(path: root + "/openapi.yaml")
        router.on(.get, .openAPIDocument, access: .anyone) { _ in
            bytes(document.yaml, type: "application/yaml")
        }
        router.on(.get, .openAPIDocumentAsJSON, access: .anyone) { _ in
            bytes(document.json, type: "application/json")
        }
        router.on(.get, .explorer, access: .anyone) { context in
            ExplorerPage(files: context.environment.staticFiles).response
        }
    }

    private static func bytes(_ bytes: [UInt8], type: String) -> HTTPResponse {
        var response = HTTPResponse(status: .ok, body: .bytes(bytes))
        response.headers.set("Content-Type", type)
        return response
    }
}
