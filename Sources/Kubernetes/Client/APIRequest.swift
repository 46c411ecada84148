/// One request to an API server, before credentials and address are put in.
struct APIRequest: Sendable {
    let method: Method
    /// Percent-encoded, with a leading slash, without the server's base path.
    var path: String
    var query: [(name: String, value: String)] = []
    var body: [UInt8]?
    var contentType = "application/json"
    /// Longest run including retries; nil takes the limit.
    var timeout: Duration?
    /// What errors and logs call it: method, kind and name, without query.
    var operation: String

    /// The methods of the Kubernetes API.
    enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case patch = "PATCH"
        case delete = "DELETE"
    }

    /// True when sending it twice does no harm and it changes nothing.
    var isRead: Bool { method == .get }

    /// Path and query of the request line.
    var target: String {
        guard !query.isEmpty else { return path }
        let items = query.map { "\(PercentEncoding.component($0.name))=\(PercentEncoding.component($0.value))" }
        return path + (path.contains("?") ? "&" : "?") + items.joined(separator: "&")
    }

    init(_ method: Method, _ path: String, of subject: String, timeout: Duration? = nil) {
        self.method = method
        self.path = path
        self.operation = "\(method.rawValue) \(subject)"
        self.timeout = timeout
    }
}

/// A successful answer with its whole body.
struct APIResponse: Sendable {
    let statusCode: Int
    let body: [UInt8]
}
