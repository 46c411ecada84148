import Foundation
import HTTPCore
import HTTPServer
import Testing

/// Compressed forms of static files, and several ranges of them.
struct CodedFilesTests {
    private static let css = sampleText(9000, seed: 3)
    private static let script = sampleText(400_000, seed: 4)
    private static let brotli: [UInt8] = Array("not brotli, but nobody looks".utf8)

    /// A folder with a style sheet, a large script, and files beside them as `prepare` makes them; removed afterwards.
    private func withFiles(
        _ prepare: (String) throws -> Void = { _ in },
        servesCodedNames: Bool = false,
        _ body: (StaticFiles, String) async throws -> Void
    ) async throws {
        let root = NSTemporaryDirectory() + "coded-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: root) }
        try Data(Self.css).write(to: URL(fileURLWithPath: root + "/a.css"))
        try Data(Self.script).write(to: URL(fileURLWithPath: root + "/a.js"))
        try prepare(root)
        try await body(try StaticFiles(root: root, servesCodedNames: servesCodedNames), root)
    }

    private func get(_ files: StaticFiles, _ path: String, _ headers: HTTPHeaders) async throws -> HTTPResponse {
        try #require(await files.response(for: try .make(.get, "/x", headers: headers), path: path))
    }

    @Test func text_isCompressedWhenItIsRead() async throws {
        try await withFiles { files, _ in
            for (name, content) in [("a.css", Self.css), ("a.js", Self.script)] {
                let coded = try await get(files, name, ["Accept-Encoding": "gzip, br"])
                let plain = try await get(files, name, [:])

                #expect(coded.headers["Content-Encoding"] == "gzip" && coded.headers["Vary"] == "Accept-Encoding")
                #expect(plain.headers["Content-Encoding"] == nil && plain.headers["Vary"] == "Accept-Encoding")
                #expect(try await Gunzip.decode(coded.body.collect()) == content)
                #expect(try await plain.body.collect() == content)
                #expect(coded.headers["Content-Type"] == plain.headers["Content-Type"])
                #expect(coded.headers["ETag"] != plain.headers["ETag"])
                #expect(coded.headers["ETag"]?.hasSuffix("-gzip\"") == true)
            }
        }
    }

    @Test func tags_areThoseOfTheCoding() async throws {
        try await withFiles { files, _ in
            let gzip: HTTPHeaders = ["Accept-Encoding": "gzip"]
            let tag = try #require(try await get(files, "a.css", gzip).headers["ETag"])
            let plainTag = try #require(try await get(files, "a.css", [:]).headers["ETag"])

            let same = try await get(files, "a.css", ["Accept-Encoding": "gzip", "If-None-Match": tag])
            #expect(same.status == .notModified && same.headers["ETag"] == tag)
            #expect(same.headers["Vary"] == "Accept-Encoding")
            let changed = try await get(files, "a.css", ["Accept-Encoding": "gzip", "If-None-Match": plainTag])
            #expect(changed.status == .ok && changed.headers["ETag"] == tag)
            #expect(try await get(files, "a.css", ["If-None-Match": plainTag]).status == .notModified)
        }
    }

    @Test func range_isOneOfTheCodedBytes() async throws {
        try await withFiles { files, _ in
            let whole = try await get(files, "a.css", ["Accept-Encoding": "gzip"])
            let bytes = try await whole.body.collect()
            let tag = try #require(whole.headers["ETag"])

            let part = try await get(
                files,
                "a.css",
                ["Accept-Encoding": "gzip", "Range": "bytes=5-9", "If-Range": tag]
            )
            #expect(part.status == .partialContent && part.headers["Content-Encoding"] == "gzip")
            #expect(part.headers["Content-Range"] == "bytes 5-9/\(bytes.count)" && part.headers["ETag"] == tag)
            #expect(try await part.body.collect() == Array(bytes[5..<10]))
            // The tag of another coding: everything.
            #expect(try await get(files, "a.css", ["Range": "bytes=5-9", "If-Range": tag]).status == .ok)
            let several = try await get(
                files,
                "a.css",
                ["Accept-Encoding": "gzip", "Range": "bytes=0-0,\(bytes.count - 1)-"]
            )
            #expect(several.status == .ok)
            let beyond = try await get(files, "a.css", ["Accept-Encoding": "gzip", "Range": "bytes=8999-"])
            #expect(beyond.status == .rangeNotSatisfiable && beyond.headers["Content-Encoding"] == nil)
        }
    }

    @Test func fileBesideIt_isTaken() async throws {
        try await withFiles({ try Data(Self.brotli).write(to: URL(fileURLWithPath: $0 + "/a.css.br")) }) { files, _ in
            #expect(files.names == ["a.css", "a.js"])
            for (accepted, coding) in [
                ("br", "br"), ("gzip, deflate, br", "br"), ("gzip", "gzip"), ("br;q=0.5, gzip", "gzip"), ("*", "br"),
            ] {
                let response = try await get(files, "a.css", ["Accept-Encoding": accepted])
                #expect(response.headers["Content-Encoding"] == coding, "\(accepted)")
            }
            #expect(try await get(files, "a.css", ["Accept-Encoding": "br"]).body.collect() == Self.brotli)
            #expect(await files.response(for: try .make(), path: "a.css.br") == nil)
        }
    }

    @Test func fileBesideIt_hasItsOwnURLWhenAskedFor() async throws {
        try await withFiles(
            {
                try Data(Self.brotli).write(to: URL(fileURLWithPath: $0 + "/a.css.br"))
                try Data(Self.brotli).write(to: URL(fileURLWithPath: $0 + "/a.js.gz"))
            },
            servesCodedNames: true
        ) { files, _ in
            #expect(files.names == ["a.css", "a.css.br", "a.js", "a.js.gz"])
            let own = try await get(files, "a.js.gz", ["Accept-Encoding": "gzip"])
            #expect(own.headers["Content-Encoding"] == nil && own.headers["Content-Type"] == "application/octet-stream")
            #expect(try await own.body.collect() == Self.brotli)
            #expect(try await get(files, "a.js", ["Accept-Encoding": "gzip"]).body.collect() == Self.brotli)
        }
    }

    @Test func fileBesideIt_isIgnoredWhenItIsOld() async throws {
        try await withFiles({ root in
            try Data(Self.brotli).write(to: URL(fileURLWithPath: root + "/a.css.gz"))
            let old = Date(timeIntervalSince1970: 1_000_000_000)
            try FileManager.default.setAttributes([.modificationDate: old], ofItemAtPath: root + "/a.css.gz")
        }) { files, _ in
            let response = try await get(files, "a.css", ["Accept-Encoding": "gzip"])
            #expect(try await Gunzip.decode(response.body.collect()) == Self.css)
        }
    }

    @Test func archiveBesideATarball_isAFileOfItsOwn() async throws {
        try await withFiles({ root in
            try Data([1]).write(to: URL(fileURLWithPath: root + "/a.tar"))
            try Data([2]).write(to: URL(fileURLWithPath: root + "/a.tar.gz"))
        }) { files, _ in
            #expect(try await get(files, "a.tar.gz", [:]).body.collect() == [2])
            let plain = try await get(files, "a.tar", ["Accept-Encoding": "gzip"])
            #expect(try await plain.body.collect() == [1] && plain.headers["Vary"] == nil)
        }
    }

    @Test(arguments: ["a.css", "a.js"])
    func severalRanges_areOneMultipart(_ name: String) async throws {
        let content = name == "a.css" ? Self.css : Self.script
        try await withFiles { files, _ in
            let handler: HTTPHandler = { request in
                await files.response(for: request, path: request.path) ?? HTTPResponse(status: .notFound)
            }
            try await withServer(handler: handler) { server in
                let client = try server.connect()

                let response = try await client.get("/\(name)", "Range: bytes=4000-4009, 0-4, -6")

                let type = try #require(response["Content-Type"])
                let boundary = String(type.dropFirst("multipart/byteranges; boundary=".count))
                let end = content.count
                var expected = ""
                for range in [4000..<4010, 0..<5, (end - 6)..<end] {
                    expected += expected.isEmpty ? "" : "\r\n"
                    expected += "--\(boundary)\r\nContent-Type: \(name == "a.css" ? "text/css" : "text/javascript")"
                    expected +=
                        "; charset=utf-8\r\nContent-Range: bytes \(range.lowerBound)-\(range.upperBound - 1)/\(end)"
                    expected += "\r\n\r\n" + String(decoding: content[range], as: UTF8.self)
                }
                #expect(response.status == 206 && response["Content-Range"] == nil)
                #expect(response.body == expected + "\r\n--\(boundary)--\r\n")
                #expect(try await client.get("/\(name)").content == content)
            }
        }
    }

    @Test func largeRanges_goOverTheWire() async throws {
        try await withFiles { files, _ in
            let handler: HTTPHandler = { request in
                await files.response(for: request, path: request.path) ?? HTTPResponse(status: .notFound)
            }
            try await withServer(handler: handler) { server in
                let client = try server.connect(receiveBufferBytes: 8192)

                let response = try await client.get("/a.js", "Range: bytes=200000-, 0-150000")
                let first = Array(Self.script[200_000...])
                let second = Array(Self.script[...150_000])

                #expect(response.content.firstRange(of: first) != nil && response.content.firstRange(of: second) != nil)
                #expect(response.content.count < first.count + second.count + 500)
                #expect(try await client.get("/a.css", "Range: bytes=1-1").body == "t")
            }
        }
    }
}
