import HTTPCore
import Testing

struct TrailerFieldTests {
    @Test func fields_thatBelongInTheHeadAreForbidden() {
        for name in [
            "Content-Length", "transfer-encoding", "TRAILER", "TE", "Host", "Connection", "Authorization", "Cookie",
            "Set-Cookie", "Proxy-Authorization", "Content-Type", "Content-Encoding", "Content-Range", "Cache-Control",
            "Expect", "Range", "If-Match", "X-Forwarded-For", "Forwarded", "Date", "Location", "Vary", "X-Request-Id",
            "Sec-Fetch-Site", "Origin",
        ] {
            #expect(!TrailerFields.isAllowed(name), "\(name)")
        }
        for name in ["Content-Digest", "Server-Timing", "X-Checksum", "Grpc-Status", "ETag"] {
            #expect(TrailerFields.isAllowed(name), "\(name)")
        }
    }

    @Test func decoder_keepsWhatIsAllowedOfEachMessage() throws {
        var decoder = RequestDecoder()
        let head = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        let messages = [
            (head + "1\r\nx\r\n0\r\nA: 1\r\nContent-Length: 3\r\nhost: b\r\nA:2\r\n\r\n", ["A=1", "A=2"]),
            (head + "0\r\n\r\n", []),
            (head + "0\r\nContent-Digest: d\r\n\r\n", ["Content-Digest=d"]),
        ]
        for (text, expected) in messages {
            var bytes = Array(text.utf8)[...]
            var isAtEnd = false
            while !isAtEnd {
                var consumed = 0
                let action = try decoder.decode(Array(bytes).span, consumed: &consumed)
                bytes = bytes.dropFirst(consumed)
                isAtEnd = action == .end
                guard action != .needMore else { break }
            }
            #expect(isAtEnd && bytes.isEmpty)
            #expect(decoder.trailers.map { "\($0.name)=\($0.value)" } == expected)
        }
    }
}
