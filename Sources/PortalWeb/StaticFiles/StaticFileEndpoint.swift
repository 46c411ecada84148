import HTTPCore
import HTTPServer

/// The files under `public/`: `/static/…`.
enum StaticFileEndpoint {
    static func register(on router: inout Router) {
        router.on(.get, .staticFile, access: .anyone) { context in
            guard let path = context.parameter,
                let response = await context.environment.staticFiles.response(for: context.request, path: path)
            else { throw WebError.notFound("There is no such file.") }
            return response
        }
    }
}
