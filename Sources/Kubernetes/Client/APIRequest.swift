/// One request to an API server, before credentials and address are put in.
struct APIRequest: Sendable {
    /// What to do.
    let method: Method
    /// Percent-encoded, with a leading slash, without the server's base path.
    var path: String
    /// Not encoded, in order.
    var query: [(name: String, value: String)] = []
    /// JSON, whatever the content type says.
    var body: [UInt8]?
    /// Tells the kinds of patches apart.
    var contentType = "application/json"
    /// Longest run including retries; nil takes the limit.
    var timeout: Duration?
    /// What errors and logs call it: method, kind and name, without query.
    var operation: String

    /// The methods of the Kubernetes API.
    enum Method: String, Sendable {
        /// Reads an object or a collection, or watches one.
        case get = "GET"
        /// Creates an object.
        case post = "POST"
        /// Changes or applies an object.
        case patch = "PATCH"
        /// Deletes an object or a collection.
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

    /// Makes a request without query and body; `subject` is what errors and logs call its object.
    init(_ method: Method, _ path: String, of subject: String, timeout: Duration? = nil) {
        self.method = method
        self.path = path
        self.operation = "\(method.rawValue) \(subject)"
        self.timeout = timeout
    }
}

/// A successful answer with its whole body.
struct APIResponse: Sendable {
    /// From 200 to 299.
    let statusCode: Int
    /// Bounded by `KubernetesLimits.responseBytesMax`.
    let body: [UInt8]
}
