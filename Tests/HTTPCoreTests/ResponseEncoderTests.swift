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
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test func head_hasStatusFieldsAndFraming() {
        #expect(encode(.ok, ["A": "b"]) == "HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nContent-Length: 2\r\nA: b\r\n\r\n")
        #expect(
            encode(.notFound, [:], .chunked, .close, server: "S")
                == "HTTP/1.1 404 Not Found\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nServer: S\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
        )
        #expect(
            encode(.noContent, [:], .none, .keepAlive)
                == "HTTP/1.1 204 No Content\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nConnection: keep-alive\r\n\r\n"
        )
        #expect(encode(HTTPStatus(code: 299), [:], .untilClose) == "HTTP/1.1 299 Status\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\n\r\n")
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
        #expect(text == "HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nContent-Length: 2\r\nX: y\r\n\r\n")
    }

    @Test func head_cannotBeSplit() {
        let text = encode(.ok, ["A": "b\r\nC: d\n\r\n\0e\u{7F}\t", "B\r\nC": "d", "": "x", "D:": "x", "É": "x"])
        #expect(text == "HTTP/1.1 200 OK\r\nDate: Thu, 01 Jan 1970 00:00:00 GMT\r\nContent-Length: 2\r\nA: b  C: d    e \t\r\n\r\n")
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
