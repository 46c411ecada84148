import AsyncHTTPClient
import FoundationEssentials
import HTTPCore
import NIOCore
import NIOHTTP1

extension TestConnection {
    /// A connection to a server.
    ///
    /// - Parameter address: `http://127.0.0.1:<port>`.
    /// - Returns: A connection by async-http-client, so that an HTTP implementation that is not ours reads the answers.
    static func live(at address: String) -> TestConnection {
        TestConnection(
            address: address,
            transport: { method, target, headers, body in
                var request = HTTPClientRequest(url: address + target)
                request.method = .init(rawValue: method.rawValue)
                for field in headers { request.headers.add(name: field.name, value: field.value) }
                if !body.isEmpty { request.body = .bytes(body) }
                let response = try await HTTPClient.shared.execute(request, timeout: .seconds(60))
                let content = try await response.body.collect(upTo: 64 << 20)
                return TestResponse(
                    status: Int(response.status.code),
                    headers: fields(response.headers),
                    body: Array(content.readableBytesView)
                )
            },
            events: { target, headers in
                var request = HTTPClientRequest(url: address + target)
                for field in headers { request.headers.add(name: field.name, value: field.value) }
                let response = try await HTTPClient.shared.execute(request, deadline: .distantFuture)
                guard response.headers.first(name: "Content-Type") == "text/event-stream" else {
                    throw TestConnectionError.noStream(status: Int(response.status.code))
                }
                return events(in: response.body)
            }
        )
    }

    private static func events(in body: HTTPClientResponse.Body) -> AsyncThrowingStream<TestEvent, any Error> {
        AsyncThrowingStream { continuation in
            // Owned by the stream: it ends with it.
            let task = Task {
                do {
                    var pending: [UInt8] = []
                    for try await piece in body {
                        pending += Array(piece.readableBytesView)
                        // Events end with an empty line; what follows the last one waits for its rest.
                        guard let end = pending.lastRange(of: [10, 10]) else { continue }
                        for event in TestEvent.parse(String(decoding: pending[..<end], as: UTF8.self)) {
                            continuation.yield(event)
                        }
                        pending.removeFirst(end)
                    }
                    continuation.finish()
                } catch {
                    continuation.finish(throwing: error)
                }
            }
            continuation.onTermination = { _ in task.cancel() }
        }
    }

    private static func fields(_ headers: NIOHTTP1.HTTPHeaders) -> HTTPCore.HTTPHeaders {
        var fields = HTTPCore.HTTPHeaders()
        for field in headers { fields.add(field.name, field.value) }
        return fields
    }
}

extension [UInt8] {
    /// The index after the last occurrence of two bytes; nil when there is none.
    fileprivate func lastRange(of pair: [UInt8]) -> Int? {
        guard count >= 2 else { return nil }
        return (2...count).last { Array(self[($0 - 2)..<$0]) == pair }
    }
}
