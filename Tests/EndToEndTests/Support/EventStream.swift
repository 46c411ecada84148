import AsyncHTTPClient
import JSON
import NIOCore
import NIOHTTP1

/// Server-sent events of a running server, each with the moment of its arrival.
struct EventStream {
    struct Event: Sendable {
        let type: String
        let data: JSONValue
        let arrivedAt: ContinuousClock.Instant
    }

    /// The events; the sequence ends when the server ends the stream, and throws when the connection breaks.
    let events: AsyncThrowingStream<Event, any Error>

    /// Subscribes, and returns when the server has answered.
    ///
    /// - Throws: A failure when the answer is not a stream.
    static func open(_ path: String, by client: APIClient) async throws -> EventStream {
        // The timeout bounds the whole stream, so that a test that waits for events in vain ends.
        let response = try await HTTPClient.shared.execute(client.request(.GET, path), timeout: .seconds(60))
        guard response.status == .ok, response.headers.first(name: "Content-Type") == "text/event-stream" else {
            throw APIClient.Failure(description: "\(path): \(response.status) \(response.headers)")
        }
        let (events, output) = AsyncThrowingStream.makeStream(of: Event.self)
        let task = Task {
            do {
                var parser = Parser()
                for try await chunk in response.body {
                    for event in try parser.feed(chunk.readableBytesView) { output.yield(event) }
                }
                output.finish()
            } catch {
                output.finish(throwing: error)
            }
        }
        output.onTermination = { _ in task.cancel() }
        return EventStream(events: events)
    }

    /// What the portal writes of the format: `event:`, `id:` and `data:` lines, comments, and a blank line at the end.
    private struct Parser {
        private var line: [UInt8] = []
        private var type = "message"
        private var data: [String] = []

        mutating func feed(_ bytes: some Sequence<UInt8>) throws -> [Event] {
            var events: [Event] = []
            for byte in bytes {
                guard byte == UInt8(ascii: "\n") else {
                    line.append(byte)
                    continue
                }
                if let event = try take(String(decoding: line, as: UTF8.self)) { events.append(event) }
                line = []
            }
            return events
        }

        private mutating func take(_ line: String) throws -> Event? {
            if line.isEmpty {
                defer { (type, data) = ("message", []) }
                guard !data.isEmpty else { return nil }
                let document = try JSONValue(parsing: data.joined(separator: "\n"))
                return Event(type: type, data: document, arrivedAt: .now)
            }
            if let value = value(of: "event", in: line) { type = value }
            if let value = value(of: "data", in: line) { data.append(value) }
            return nil
        }

        private func value(of field: String, in line: String) -> String? {
            guard line.hasPrefix(field + ":") else { return nil }
            let value = line.dropFirst(field.count + 1)
            return String(value.first == " " ? value.dropFirst() : value)
        }
    }
}
