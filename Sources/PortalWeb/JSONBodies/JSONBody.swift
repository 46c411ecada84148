import HTTPCore
import HTTPServer
import JSON
import Portal

/// The JSON bodies of the API: one object, strictly RFC 8259, UTF-8.
extension RequestContext {
    /// A reader of the body, which has to be a JSON object.
    ///
    /// - Parameter isOptional: Whether an empty body stands for `{}`, as for verbs without settings.
    /// - Returns: A reader that knows no member yet.
    /// - Throws: 415 for another content type, 400 for anything that is not one JSON object.
    func jsonReader(isOptional: Bool = false) throws -> JSONObjectReader {
        if isOptional, body.isEmpty { return JSONObjectReader([:]) }
        try requireJSON(request.headers["Content-Type"])
        let value: JSONValue
        do {
            value = try JSONValue(parsing: body)
        } catch {
            throw WebError(.invalidArgument, "The body is not valid JSON: \(error.description). Send one JSON object.")
        }
        guard let object = value.object else {
            throw WebError(.invalidArgument, "The body has to be a JSON object, like {\"name\":\"demo\"}.")
        }
        return JSONObjectReader(object)
    }

    /// Checks that a verb without settings was sent nothing, or an empty object.
    func requireNoSettings() throws {
        var reader = try jsonReader(isOptional: true)
        try reader.finish()
    }

    private func requireJSON(_ header: String?) throws {
        let type = header.flatMap { MediaType(parsing: $0) }
        let isJSON = type?.essence == "application/json" || type?.essence == "application/merge-patch+json"
        let charset = type?.parameter("charset")?.lowercased() ?? "utf-8"
        guard isJSON, charset == "utf-8" else {
            throw WebError.unsupportedMediaType(header, expected: "application/json")
        }
    }
}
