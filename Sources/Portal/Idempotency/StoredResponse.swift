/// A response as it was given to the first of several equal requests.
public struct StoredResponse: Sendable, Hashable {
    /// The status code.
    public let status: Int
    /// The headers that belong to the answer, in order: content type, `Location`, `ETag`.
    public let headers: [Header]
    /// The body.
    public let body: [UInt8]

    /// A header field.
    public struct Header: Sendable, Hashable {
        /// The name.
        public let name: String
        /// The value.
        public let value: String

        /// A header field.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// A response to keep.
    public init(status: Int, headers: [Header], body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }
}
