public import JSON

/// The `Status` object with which an API server explains a failure.
///
/// Source: Kubernetes API conventions, "Response Status Kind".
public struct KubernetesStatus: Sendable, Hashable {
    /// The HTTP status code.
    public let code: Int
    /// The machine-readable reason, such as `NotFound`, `AlreadyExists`, `Conflict`, `Expired`; may be empty.
    public let reason: String
    /// The server's text.
    ///
    /// It names objects and may quote rejected values, so it is for the owner of the host.
    public let message: String
    /// Name of the object concerned; nil when the server does not say.
    public let name: String?
    /// Kind or plural of the object concerned; nil when the server does not say.
    public let kind: String?
    /// What is wrong with single fields, in the server's order.
    public let causes: [Cause]
    /// How long to wait before trying again, when the server says so.
    public let retryAfter: Duration?

    /// One fault of a rejected object.
    public struct Cause: Sendable, Hashable {
        /// Such as `FieldValueInvalid`.
        public let reason: String
        /// The server's text.
        public let message: String
        /// The field's path, such as `spec.replicas`; may be empty.
        public let field: String
    }

    /// Reads a `Status` document; nil when it is another kind of document.
    ///
    /// - Parameters:
    ///   - json: The body of a response or the object of an `ERROR` event.
    ///   - httpCode: The code of the response, for documents without one.
    public init?(json: JSONValue, httpCode: Int) {
        guard json["kind"]?.string == "Status" else { return nil }
        let details = json["details"]
        code = json["code"]?.int.map(Int.init(clamping:)) ?? httpCode
        reason = json["reason"]?.string ?? ""
        message = json["message"]?.string ?? ""
        name = details?["name"]?.string
        kind = details?["kind"]?.string
        causes = (details?["causes"]?.array ?? []).map { cause in
            Cause(
                reason: cause["reason"]?.string ?? "",
                message: cause["message"]?.string ?? "",
                field: cause["field"]?.string ?? ""
            )
        }
        retryAfter = details?["retryAfterSeconds"]?.int.map { .seconds($0) }
    }

    /// A status for a response without a `Status` body, such as one of a proxy in front of the API server.
    ///
    /// - Parameters:
    ///   - code: The HTTP status code.
    ///   - message: What is known about it.
    public init(code: Int, message: String) {
        self.code = code
        self.reason = ""
        self.message = message
        self.name = nil
        self.kind = nil
        self.causes = []
        self.retryAfter = nil
    }
}
