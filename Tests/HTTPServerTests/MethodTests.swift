import Foundation
import HTTPCore
import HTTPServer
import Testing

/// What the methods and statuses of RFC 9110 mean for a message on the wire.
struct MethodTests {
    private static let handler: HTTPHandler = { request in
        switch request.path {
        case "/nothing": HTTPResponse(status: .noContent, body: .bytes([1, 2, 3]))
        case "/same": HTTPResponse(status: .notModified, headers: ["ETag": "\"1\""], body: .bytes([1, 2, 3]))
        default: .text("\(request.method) \(request.head.target.raw)")
        }
    }

    @Test func head_isGetWithoutContent() async throws {
        try await withServer(handler: { _ in .text("hello") }) { server in
            let client = try server.connect()
            try await client.send("HEAD / HTTP/1.1\r\nHost: a\r\n\r\nHEAD / HTTP/1.1\r\nHost: a\r\n\r\n")

            for _ in 0..<2 {
                let response = try await client.readResponse(isHead: true)
                #expect(response.status == 200 && response["Content-Length"] == "5")
                #expect(response["Content-Type"] == "text/plain; charset=utf-8")
            }
            #expect(try await client.get("/").body == "hello")
        }
    }

    @Test(arguments: ["OPTIONS *", "OPTIONS /a", "DELETE /a", "PURGE /a", "TRACE /a", "get /a"])
    func everyMethod_reachesTheHandler(_ line: String) async throws {
        try await withServer(handler: Self.handler) { server in
            let client = try server.connect()

            try await client.send("\(line) HTTP/1.1\r\nHost: a\r\n\r\n")

            #expect(try await client.readResponse().body == line)
        }
    }

    @Test func statusWithoutContent_hasNone() async throws {
        try await withServer(handler: Self.handler) { server in
            let client = try server.connect()
            for (path, status) in [("/nothing", 204), ("/same", 304)] {
                let response = try await client.get(path)
                #expect(response.status == status && response["Content-Length"] == nil)
                #expect(response["Transfer-Encoding"] == nil)
            }
            // Were there content, this would begin with it.
            #expect(try await client.get("/next").body == "GET /next")
        }
    }

    @Test func date_isInEveryAnswer() async throws {
        try await withServer(handler: Self.handler) { server in
            let client = try server.connect()
            for path in ["/", "/nothing", "/same"] {
                let date = try #require(try await client.get(path)["Date"])
                #expect(HTTPDate(parsing: date)?.description == date)
            }
            try await client.send("broken\r\n\r\n")
            let refused = try await client.readResponse()
            #expect(refused.status == 400 && HTTPDate(parsing: refused["Date"]) != nil)
        }
    }

    /// The order of RFC 9110 section 13.2.2, seen from a client of a file.
    @Test func conditions_areEvaluatedInOrder() async throws {
        let root = NSTemporaryDirectory() + "conditions-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: root) }
        try Data("0123456789".utf8).write(to: URL(fileURLWithPath: root + "/a.txt"))
        let files = try StaticFiles(root: root)
        let handler: HTTPHandler = { request in
            await files.response(for: request, path: request.path) ?? HTTPResponse(status: .notFound)
        }
        try await withServer(handler: handler) { server in
            let client = try server.connect()
            let first = try await client.get("/a.txt")
            let (tag, date) = (try #require(first["ETag"]), try #require(first["Last-Modified"]))
            let old = "Sun, 06 Nov 1994 08:49:37 GMT"
            let examples: [([String], Int)] = [
                (["If-Match: \"x\"", "If-None-Match: \(tag)"], 412),
                (["If-Match: \(tag)", "If-Unmodified-Since: \(old)"], 200),
                (["If-Unmodified-Since: \(old)"], 412), (["If-Unmodified-Since: \(date)"], 200),
                (["If-None-Match: \(tag)", "If-Modified-Since: \(old)"], 304),
                (["If-None-Match: \"x\"", "If-Modified-Since: \(date)"], 200),
                (["If-Modified-Since: \(date)"], 304), (["If-Modified-Since: \(old)"], 200),
                (["If-None-Match: \(tag)", "Range: bytes=0-1"], 304),
                (["If-Match: \(tag)", "Range: bytes=0-1"], 206),
                (["If-Range: \(tag)", "Range: bytes=0-1"], 206), (["If-Range: \(date)", "Range: bytes=0-1"], 206),
                (["If-Range: \(old)", "Range: bytes=0-1"], 200), (["If-Range: W/\(tag)", "Range: bytes=0-1"], 200),
                (["If-Range: \"x\"", "Range: bytes=99-"], 200), (["Range: bytes=99-"], 416),
            ]
            for (fields, status) in examples {
                try await client.send("GET /a.txt HTTP/1.1\r\nHost: a\r\n\(fields.joined(separator: "\r\n"))\r\n\r\n")
                let response = try await client.readResponse()
                #expect(response.status == status, "\(fields)")
                #expect(status == 416 || status == 412 || response["ETag"] == tag, "\(fields)")
            }
            try await client.send("PUT /a.txt HTTP/1.1\r\nHost: a\r\n\r\n")
            let refused = try await client.readResponse()
            #expect(refused.status == 405 && refused["Allow"] == "GET, HEAD")
        }
    }
}
