import Foundation
import HTTPCore
import HTTPServer
import Testing

struct StaticFilesTests {
    /// A folder with a small and a large file, a hidden one and a link; removed afterwards.
    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let root = NSTemporaryDirectory() + "static-" + UUID().uuidString
        let files = FileManager.default
        try files.createDirectory(atPath: root + "/css", withIntermediateDirectories: true)
        try files.createDirectory(atPath: root + "/.git", withIntermediateDirectories: true)
        defer { try? files.removeItem(atPath: root) }
        try Data("body { color: red }".utf8).write(to: URL(fileURLWithPath: root + "/css/a.css"))
        try Data(Self.large).write(to: URL(fileURLWithPath: root + "/large.bin"))
        try Data("secret".utf8).write(to: URL(fileURLWithPath: root + "/.git/config"))
        try Data("secret".utf8).write(to: URL(fileURLWithPath: root + "/.env"))
        try files.createSymbolicLink(atPath: root + "/link", withDestinationPath: "/etc/passwd")
        try Data().write(to: URL(fileURLWithPath: root + "/empty.txt"))
        try await body(root)
    }

    private static let large = (0..<700_000).map { UInt8(truncatingIfNeeded: $0 &* 37 &+ $0 >> 8) }

    private func response(
        _ files: StaticFiles,
        _ path: String,
        _ method: HTTPMethod = .get,
        _ headers: HTTPHeaders = [:],
        query: String = ""
    ) async throws -> HTTPResponse? {
        await files.response(for: try .make(method, "/x" + query, headers: headers), path: path)
    }

    @Test func listing_hasOnlyOpenFiles() async throws {
        try await withFolder { root in
            let files = try StaticFiles(root: root)

            #expect(files.names == ["css/a.css", "empty.txt", "large.bin"])
            for path in [
                "link", ".env", ".git/config", "css", "css/../css/a.css", "../etc/passwd", "", "/", "css/a.css/",
            ] {
                #expect(try await response(files, path) == nil, "\(path)")
            }
        }
        #expect(throws: StaticFilesError.notAFolder("/nowhere")) { _ = try StaticFiles(root: "/nowhere") }
    }

    @Test func file_hasValidatorsAndType() async throws {
        try await withFolder { root in
            let files = try StaticFiles(root: root)
            let first = try #require(try await response(files, "/css/a.css"))

            #expect(first.status == .ok && first.headers["Content-Type"] == "text/css; charset=utf-8")
            #expect(first.headers["Cache-Control"] == "no-cache")
            #expect(try await first.body.collect() == Array("body { color: red }".utf8))
            let tag = try #require(first.headers["ETag"])
            let date = try #require(first.headers["Last-Modified"])

            let again = try await response(files, "css/a.css", .get, ["If-None-Match": tag])
            #expect(again?.status == .notModified && again?.headers["ETag"] == tag)
            #expect(try await response(files, "css/a.css", .get, ["If-Modified-Since": date])?.status == .notModified)
            #expect(try await response(files, "css/a.css", .get, ["If-Match": "\"x\""])?.status == .preconditionFailed)
            #expect(try await response(files, "css/a.css", .post)?.headers["Allow"] == "GET, HEAD")
        }
    }

    @Test func url_namesTheVersion() async throws {
        try await withFolder { root in
            let files = try StaticFiles(root: root)
            let url = files.url(for: "css/a.css")

            #expect(url.hasPrefix("/static/css/a.css?v="))
            #expect(files.url(for: "no/é", prefix: "/p/") == "/p/no/%C3%A9")
            let query = String(url.drop { $0 != "?" })
            let versioned = try await response(files, "css/a.css", query: query)
            #expect(versioned?.headers["Cache-Control"] == "public, max-age=31536000, immutable")
            #expect(try await response(files, "css/a.css", query: query + "0")?.headers["Cache-Control"] == "no-cache")

            try Data("changed".utf8).write(to: URL(fileURLWithPath: root + "/css/a.css"))
            #expect(try StaticFiles(root: root).url(for: "css/a.css") != url)
        }
    }

    @Test(arguments: ["css/a.css", "large.bin"])
    func range_isServed(_ path: String) async throws {
        try await withFolder { root in
            let files = try StaticFiles(root: root)
            let whole = try #require(try await response(files, path)?.body.collect())
            let size = whole.count
            for (range, expected) in [
                ("bytes=0-0", 0..<1), ("bytes=5-", 5..<size), ("bytes=-4", (size - 4)..<size),
                ("bytes=3-9999999", 3..<size),
            ] {
                let part = try #require(try await response(files, path, .get, ["Range": range]))
                #expect(part.status == .partialContent)
                #expect(try await part.body.collect() == Array(whole[expected]), "\(range)")
                let field = "bytes \(expected.lowerBound)-\(expected.upperBound - 1)/\(size)"
                #expect(part.headers["Content-Range"] == field)
            }
            let beyond = try await response(files, path, .get, ["Range": "bytes=9999999-"])
            #expect(beyond?.status == .rangeNotSatisfiable && beyond?.headers["Content-Range"] == "bytes */\(size)")
            // Close together: one part is shorter than the heads of two.
            let several = try #require(try await response(files, path, .get, ["Range": "bytes=4-5, 0-1"]))
            #expect(several.headers["Content-Range"] == "bytes 0-5/\(size)")
            let stale = try await response(files, path, .get, ["Range": "bytes=0-1", "If-Range": "\"old\""])
            #expect(stale?.status == .ok)
            #expect(try await response(files, path, .head, ["Range": "bytes=0-1"])?.status == .ok)
        }
    }

    @Test func files_goOverTheWire() async throws {
        try await withFolder { root in
            let files = try StaticFiles(root: root)
            let handler: HTTPHandler = { request in
                await files.response(for: request, path: request.path) ?? .text("none", status: .notFound)
            }
            try await withServer(handler: handler) { server in
                let client = try server.connect(receiveBufferBytes: 8192)

                try await client.send("GET /large.bin HTTP/1.1\r\nHost: a\r\n\r\n")
                let head = try await client.read(through: "\r\n\r\n")
                while client.received.count < Self.large.count { try await client.receive() }
                #expect(head.contains("Content-Length: 700000\r\n"))
                #expect(client.received == Self.large)
                _ = client.take(client.received.count)

                #expect(try await client.get("/large.bin", "Range: bytes=-0").status == 416)
                #expect(try await client.get("/css/a.css").body == "body { color: red }")
                #expect(try await client.get("/%2e%2e/%2e%2e/etc/passwd").status == 404)
                #expect(try await client.get("/..%2f..%2fetc/passwd").status == 404)
                #expect(try await client.get("/empty.txt")["Content-Length"] == "0")
                try await client.send("HEAD /large.bin HTTP/1.1\r\nHost: a\r\n\r\n")
                #expect(try await client.readResponse(isHead: true)["Content-Length"] == "700000")
            }
        }
    }
}
