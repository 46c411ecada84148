import HTTPCore
import Testing

/// Content that is read joined is the content that is read piece by piece, however it arrives.
struct JoinedContentTests {
    private static let head = "POST / HTTP/1.1\r\nHost: a\r\n"
    private static let next = "GET /next HTTP/1.1\r\nHost: a\r\n\r\n"

    @Test(arguments: [
        ("Content-Length: 10\r\n\r\n0123456789", "0123456789"),
        ("Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", ""),
        ("Transfer-Encoding: chunked\r\n\r\n1\r\na\r\n1\r\nb\r\n1\r\nc\r\n0\r\n\r\n", "abc"),
        ("Transfer-Encoding: chunked\r\n\r\n2;x=y\r\nab\r\nA\r\n0123456789\r\n0\r\nT: x\r\n\r\n", "ab0123456789"),
    ])
    func joinedContent_isTheSame(_ rest: String, _ content: String) throws {
        let text = Array((Self.head + rest + Self.next).utf8)
        for pieceBytes in 1...text.count {
            var (decoder, pending, found) = (RequestDecoder(), [UInt8](), [UInt8]())
            var (heads, isInContent) = ([String](), false)
            for start in stride(from: 0, to: text.count, by: pieceBytes) {
                pending += text[start..<min(text.count, start + pieceBytes)]
                var isWaiting = false
                while !isWaiting {
                    var consumed = 0
                    if isInContent {
                        let before = found.count
                        let isEnd = try decoder.decodeContent(
                            pending.span,
                            consumed: &consumed,
                            joining: &found,
                            bytesMax: 4
                        )
                        isInContent = !isEnd
                        isWaiting = !isEnd && found.count == before
                    } else if case .head(let head, let framing) = try decoder.decode(pending.span, consumed: &consumed)
                    {
                        heads.append(head.target.raw)
                        isInContent = framing != .none
                    } else {
                        isWaiting = true
                    }
                    pending.removeFirst(consumed)
                }
            }
            #expect(String(decoding: found, as: UTF8.self) == content)
            #expect(heads == ["/", "/next"])
            #expect(pending.isEmpty && !decoder.isInsideRequest)
        }
    }

    @Test func faultAfterContent_isReported() {
        var (decoder, content, consumed) = (RequestDecoder(), [UInt8](), 0)
        let head = Array((Self.head + "Transfer-Encoding: chunked\r\n\r\n").utf8)
        _ = try? decoder.decode(head.span, consumed: &consumed)

        #expect(throws: HTTPParseError.invalidChunk) {
            let broken = Array("1\r\nax".utf8)
            _ = try decoder.decodeContent(broken.span, consumed: &consumed, joining: &content, bytesMax: 100)
        }
        #expect(content == [0x61])
    }
}
