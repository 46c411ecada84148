import HTTPCore
import HTTPServer
import JSON
import Portal

extension HTTPResponse {
    /// A JSON document of the API.
    static func json(_ value: JSONValue, status: HTTPStatus = .ok) -> HTTPResponse {
        .json(value.encoded(), status: status)
    }

    /// 201 with the place of what was made.
    static func created(_ value: JSONValue, at location: Route) -> HTTPResponse {
        var response = json(value, status: .created)
        response.headers.set("Location", location.path)
        return response
    }

    /// 202 with the operation that does the work, as `Location` too.
    static func accepted(_ change: VClusterChange) -> HTTPResponse {
        var response = json(change.json, status: .accepted)
        response.headers.set("Location", Route.operation(change.operation.id).path)
        return response.with(change.vcluster.etag)
    }

    /// The response with the version of what it shows.
    func with(_ etag: ETag) -> HTTPResponse {
        var copy = self
        copy.headers.set("ETag", etag.description)
        return copy
    }
}
