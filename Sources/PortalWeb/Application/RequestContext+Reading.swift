import HTTPCore
import HTTPServer
import Portal

extension RequestContext {
    /// The context of a request that was matched and not authenticated yet.
    init(request: HTTPRequest, match: Router.Match, environment: WebEnvironment) {
        let (pattern, parameter): (RoutePattern?, String?) =
            switch match {
            case .found(let pattern, let parameter, _): (pattern, parameter)
            case .methodNotAllowed(let pattern, _), .options(let pattern, _): (pattern, nil)
            case .notFound: (nil, nil)
            }
        self.init(
            request: request,
            pattern: pattern,
            parameter: parameter,
            trace: RequestTrace(request.headers),
            environment: environment,
            pagePath: request.head.target.raw
        )
    }

    /// Reads the body of an unsafe request within the limit of its route, and decodes it when it is a form.
    ///
    /// - Parameter bytesMax: Most bytes.
    /// - Throws: 413, 408 or 400.
    mutating func readBody(atMost bytesMax: Int) async throws {
        guard !request.method.isSafe else { return }
        do {
            body = try await request.body.collect(upTo: bytesMax)
        } catch {
            switch error {
            case .tooLarge: throw WebError.payloadTooLarge(bytesMax: bytesMax)
            case .timedOut: throw WebError(.requestTimeout, "The body came too slowly. Send the request again.")
            case .overloaded:
                var error = WebError(.unavailable, "The server is busy. Send the request again in a moment.")
                error.headers = [("Retry-After", "1")]
                throw error
            default: throw WebError(.invalidArgument, "The body is incomplete. Send the request again.")
            }
        }
        do {
            form = try FormDecoder.decode(body, contentType: request.headers["Content-Type"])
        } catch {
            switch error {
            // Not a form: the handler reads the body as what it expects, or refuses it.
            case .unsupportedMediaType: break
            case .notUTF8: throw WebError(.invalidArgument, "The form is not UTF-8. Send it as UTF-8.")
            case .tooManyFields: throw WebError(.payloadTooLarge, "The form has too many fields. Send fewer.")
            }
        }
    }
}
