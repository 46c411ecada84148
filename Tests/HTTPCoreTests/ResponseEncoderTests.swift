import HTTPCore
import Testing

struct ResponseEncoderTests {
    private func encode(
        _ status: HTTPStatus,
        _ headers: HTTPHeaders = [:],
        _ framing: ResponseFraming = .length(2),
        _ connection: ConnectionOption = .implicit,
        server: String = ""
    ) -> String {
        var bytes: [UInt8] = []
        let options = ResponseEncoder.Options(
            framing: framing,
            connection: connection,
            commonLines: ResponseEncoder.commonLines(date: HTTPDate(epochSeconds: 0), server: server)
        )
        ResponseEncoder.appendHead(status, headers, options, to: &bytes)
        return String(decoding: bytes, as: UTF8.self).replacing("Thu, 01 Jan 1970 00:00:00 GMT", with: "D")
    }

    @Test func head_hasStatusFieldsAndFraming() {
        #expect(encode(.ok, ["A": "b"]) == "HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: 2\r\nA: b\r\n\r\n")
        #expect(
            encode(.notFound, [:], .chunked, .close, server: "S")
                == "HTTP/1.1 404 Not Found\r\nDate: D\r\nServer: S\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        )
        #expect(
            encode(.noContent, [:], .none, .keepAlive)
                == "HTTP/1.1 204 No Content\r\nDate: D\r\nConnection: keep-alive\r\n\r\n"
        )
        #expect(encode(HTTPStatus(code: 299), [:], .untilClose) == "HTTP/1.1 299 Status\r\nDate: D\r\n\r\n")
        #expect(encode(HTTPStatus(code: 42), [:], .none).hasPrefix("HTTP/1.1 500 "))
    }

    @Test func head_dropsWhatBelongsToTheEncoder() {
        let text = encode(
            .ok,
            [
                "content-length": "99", "Transfer-Encoding": "gzip", "CONNECTION": "x", "Date": "x", "Keep-Alive": "x",
                "Server": "x", "Upgrade": "x", "X": "y",
            ]
        )
        #expect(text == "HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: 2\r\nX: y\r\n\r\n")
    }

    @Test func head_cannotBeSplit() {
        let text = encode(.ok, ["A": "b\r\nC: d\n\r\n\0e\u{7F}\t", "B\r\nC": "d", "": "x", "D:": "x", "É": "x"])
        #expect(text == "HTTP/1.1 200 OK\r\nDate: D\r\nContent-Length: 2\r\nA: b  C: d    e \t\r\n\r\n")
    }

    @Test func trailers_areOnlyThoseThatMayComeLast() {
        var bytes: [UInt8] = []
        ResponseEncoder.appendLastChunk(to: &bytes)
        let fields: HTTPHeaders = [
            "Content-Digest": "sha-256=:x:", "Set-Cookie": "a", "Date": "x", "A": "b\r\nC: d", "": "x",
        ]
        ResponseEncoder.appendLastChunk(trailers: fields, to: &bytes)

        #expect(
            String(decoding: bytes, as: UTF8.self) == "0\r\n\r\n0\r\nContent-Digest: sha-256=:x:\r\nA: b  C: d\r\n\r\n"
        )
    }

    @Test func multipart_hasItsDelimiters() {
        let text = MultipartRanges(partType: "text/css", length: 500, boundary: "b1")
        let bytes =
            text.head(0..<2, isFirst: true) + Array("aa".utf8) + text.head(9..<10, isFirst: false) + Array("z".utf8)

        #expect(text.contentType == "multipart/byteranges; boundary=b1")
        #expect(
            String(decoding: bytes + text.end, as: UTF8.self) == "--b1\r\nContent-Type: text/css\r\n"
                + "Content-Range: bytes 0-1/500\r\n\r\naa\r\n--b1\r\nContent-Type: text/css\r\n"
                + "Content-Range: bytes 9-9/500\r\n\r\nz\r\n--b1--\r\n"
        )
    }

    @Test func chunks_areDecodable() throws {
        var bytes: [UInt8] = []
        ResponseEncoder.appendChunk(Array("hello".utf8), to: &bytes)
        ResponseEncoder.appendChunk([], to: &bytes)
        ResponseEncoder.appendChunk([UInt8](repeating: 0x61, count: 26), to: &bytes)
        ResponseEncoder.appendLastChunk(to: &bytes)

        #expect(
            String(decoding: bytes, as: UTF8.self) == "5\r\nhello\r\n1a\r\n" + String(repeating: "a", count: 26)
                + "\r\n0\r\n\r\n"
        )
    }
}
