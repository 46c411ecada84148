public import HTTPCore
public import JSON

/// Sends requests to a portal and returns what came back, in memory or over a socket.
public struct TestClient: Sendable {
    /// Carries one request to the portal.
    public typealias Transport =
        @Sendable (HTTPMethod, String, HTTPHeaders, [UInt8]) async throws -> TestResponse
    /// Opens a stream of server-sent events.
    public typealias EventTransport =
        @Sendable (String, HTTPHeaders) async throws -> AsyncThrowingStream<TestEvent, any Error>

    /// Sent with every request; those of a call win.
    public var headers: HTTPHeaders

    private let transport: Transport
    private let eventTransport: EventTransport

    /// A client over a transport.
    public init(
        headers: HTTPHeaders = [:],
        transport: @escaping Transport,
        events: @escaping EventTransport
    ) {
        self.headers = headers
        self.transport = transport
        self.eventTransport = events
    }

    /// Sends any request.
    public func send(
        _ method: HTTPMethod,
        _ target: String,
        headers: HTTPHeaders = [:],
        body: [UInt8] = []
    ) async throws -> TestResponse {
        try await transport(method, target, merged(headers), body)
    }

    /// GET.
    public func get(_ target: String, headers: HTTPHeaders = [:]) async throws -> TestResponse {
        try await send(.get, target, headers: headers)
    }

    /// POST with a JSON body, or with none.
    public func post(
        _ target: String,
        _ json: JSONValue? = nil,
        headers: HTTPHeaders = [:]
    ) async throws -> TestResponse {
        try await send(.post, target, json, headers)
    }

    /// PUT with a JSON body.
    public func put(_ target: String, _ json: JSONValue, headers: HTTPHeaders = [:]) async throws -> TestResponse {
        try await send(.put, target, json, headers)
    }

    /// PATCH with a JSON body.
    public func patch(_ target: String, _ json: JSONValue, headers: HTTPHeaders = [:]) async throws -> TestResponse {
        try await send(.patch, target, json, headers)
    }

    /// DELETE.
    public func delete(_ target: String, headers: HTTPHeaders = [:]) async throws -> TestResponse {
        try await send(.delete, target, headers: headers)
    }

    /// POST of a form, as browsers do it.
    public func submit(
        _ target: String,
        form: [(name: String, value: String)],
        headers: HTTPHeaders = [:]
    ) async throws -> TestResponse {
        var items = QueryItems()
        for field in form { items.add(field.name, field.value) }
        var headers = headers
        headers.set("Content-Type", "application/x-www-form-urlencoded")
        return try await send(.post, target, headers: headers, body: Array(items.encoded.utf8))
    }

    /// The events of a stream, from its first one on; ends with the stream, and ends the stream when it is dropped.
    public func events(
        _ target: String,
        headers: HTTPHeaders = [:]
    ) async throws -> AsyncFilterSequence<AsyncThrowingStream<TestEvent, any Error>> {
        try await blocks(target, headers: headers).filter { !$0.isPosition }
    }

    /// The events of a stream, and between them the positions that are no events.
    public func blocks(
        _ target: String,
        headers: HTTPHeaders = [:]
    ) async throws -> AsyncThrowingStream<TestEvent, any Error> {
        try await eventTransport(target, merged(headers))
    }

    private func send(
        _ method: HTTPMethod,
        _ target: String,
        _ json: JSONValue?,
        _ headers: HTTPHeaders
    ) async throws -> TestResponse {
        var headers = headers
        if json != nil { headers.setDefault("Content-Type", "application/json") }
        return try await send(method, target, headers: headers, body: json?.encoded() ?? [])
    }

    private func merged(_ own: HTTPHeaders) -> HTTPHeaders {
        var result = headers
        for field in own { result.set(field.name, field.value) }
        return result
    }
}

/// What a portal answered.
public struct TestResponse: Sendable {
    /// The status code.
    public let status: Int
    /// The fields.
    public let headers: HTTPHeaders
    /// The whole content.
    public let body: [UInt8]

    /// A response of its parts.
    public init(status: Int, headers: HTTPHeaders, body: [UInt8]) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// The content as text.
    public var text: String { String(decoding: body, as: UTF8.self) }

    /// The content as JSON; null when it is none.
    public var json: JSONValue { (try? JSONValue(parsing: body)) ?? .null }

    /// The fields that a problem names, in order.
    public var errorFields: [String] { json["errors"]?.array?.compactMap { $0["field"]?.string } ?? [] }
}

/// A server-sent event as a client sees it.
public struct TestEvent: Sendable {
    /// The position, if it has one.
    public var id: String?
    /// The type.
    public var event: String
    /// The payload.
    public var data: JSONValue
    /// Nothing but an id, for the next reconnect: browsers make no event of it.
    public var isPosition = false

    /// The events in a text of whole events, and blocks of nothing but an id; comments are left out.
    ///
    /// - Parameter text: What was received, ended by an empty line.
    /// - Returns: The events in order.
    public static func parse(_ text: String) -> [TestEvent] {
        text.components(separatedByBlankLines: ()).compactMap { block in
            var event = TestEvent(event: "message", data: .null)
            var lines: [Substring] = []
            for line in block.split(separator: "\n") {
                let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                guard parts.count == 2 else { continue }
                let value = parts[1].hasPrefix(" ") ? parts[1].dropFirst() : parts[1]
                switch parts[0] {
                case "id": event.id = String(value)
                case "event": event.event = String(value)
                case "data": lines.append(value)
                default: break
                }
            }
            event.isPosition = lines.isEmpty
            guard !lines.isEmpty || event.id != nil else { return nil }
            event.data = (try? JSONValue(parsing: lines.joined(separator: "\n"))) ?? .null
            return event
        }
    }
}

extension String {
    fileprivate func components(separatedByBlankLines: Void) -> [String] {
        var blocks: [String] = []
        var block = ""
        for line in split(separator: "\n", omittingEmptySubsequences: false) {
            if line.isEmpty {
                if !block.isEmpty { blocks.append(block) }
                block = ""
            } else {
                block += line + "\n"
            }
        }
        return blocks
    }
}
