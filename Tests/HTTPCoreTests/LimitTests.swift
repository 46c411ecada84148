import HTTPCore
import Testing

/// Each limit of a message: what is exactly at the bound is served, one more is refused for its own reason.
struct LimitTests {
    struct Bound: CustomTestStringConvertible, Sendable {
        var name: String
        var atBound: String
        var beyond: String
        var error: HTTPParseError

        var testDescription: String { name }
    }

    private static var limits: HTTPLimits {
        var limits = HTTPLimits()
        limits.methodBytesMax = 5
        limits.targetBytesMax = 9
        limits.headerBytesMax = 40
        limits.headerCountMax = 3
        limits.leadingEmptyLinesMax = 1
        limits.bodyBytesMax = 20
        limits.chunkLineBytesMax = 12
        limits.chunkExtensionBytesMax = 15
        limits.trailerBytesMax = 20
        limits.trailerCountMax = 2
        return limits
    }

    private static func get(_ fields: String = "", method: String = "GET", target: String = "/") -> String {
        "\(method) \(target) HTTP/1.1\r\nHost: a\r\n\(fields)\r\n"
    }

    private static func chunked(_ content: String) -> String {
        var limit = get("Transfer-Encoding: chunked\r\n")
        limit += content
        return limit
    }

    static let bounds: [Bound] = [
        Bound(
            name: "method",
            atBound: get(method: "ABCDE"),
            beyond: get(method: "ABCDEF"),
            error: .unsupportedMethod
        ),
        Bound(
            name: "target",
            atBound: get(target: "/12345678"),
            beyond: get(target: "/123456789"),
            error: .targetTooLong
        ),
        // `Host: a` takes 9 bytes with its line end.
        Bound(
            name: "header bytes",
            atBound: get("A: " + String(repeating: "b", count: 26) + "\r\n"),
            beyond: get("A: " + String(repeating: "b", count: 27) + "\r\n"),
            error: .headersTooLarge
        ),
        Bound(
            name: "header count",
            atBound: get("A: b\r\nC: d\r\n"),
            beyond: get("A: b\r\nC: d\r\nE: f\r\n"),
            error: .headersTooLarge
        ),
        Bound(name: "empty lines", atBound: "\r\n" + get(), beyond: "\r\n\r\n" + get(), error: .tooManyEmptyLines),
        Bound(
            name: "length",
            atBound: get("Content-Length: 20\r\n") + String(repeating: "x", count: 20),
            beyond: get("Content-Length: 21\r\n"),
            error: .contentTooLarge
        ),
        Bound(
            name: "chunks",
            atBound: chunked("a\r\n0123456789\r\nA\r\n0123456789\r\n0\r\n\r\n"),
            beyond: chunked("a\r\n0123456789\r\nB\r\n0"),
            error: .contentTooLarge
        ),
        Bound(
            name: "chunk line",
            atBound: chunked("1;34567890ab\r\nx\r\n0\r\n\r\n"),
            beyond: chunked("1;34567890abc\r\nx\r\n0\r\n\r\n"),
            error: .invalidChunk
        ),
        Bound(
            name: "chunk extensions",
            atBound: chunked("1;234567\r\nx\r\n1;2345678\r\nx\r\n0\r\n\r\n"),
            beyond: chunked("1;2345678\r\nx\r\n1;2345678\r\nx\r\n0\r\n\r\n"),
            error: .invalidChunk
        ),
        Bound(
            name: "trailer bytes",
            atBound: chunked("0\r\nA: 456789012345678\r\n\r\n"),
            beyond: chunked("0\r\nA: 4567890123456789\r\n\r\n"),
            error: .trailersTooLarge
        ),
        Bound(
            name: "trailer count",
            atBound: chunked("0\r\nA:b\r\nC:d\r\n\r\n"),
            beyond: chunked("0\r\nA:b\r\nC:d\r\nE:\r\n\r\n"),
            error: .trailersTooLarge
        ),
    ]

    @Test(arguments: bounds)
    func limit_isExact(_ bound: Bound) {
        var limits = Self.limits
        // The bounds of chunks and trailers are beyond what the fields that announce them take.
        if bound.atBound.contains("Transfer-Encoding") { limits.headerBytesMax = 100 }
        for text in [bound.atBound, bound.beyond] {
            let bytes = Array(text.utf8)
            let whole = RequestReading(bytes, limits: limits)
            let bytewise = RequestReading(bytes, cuts: bytes.indices, limits: limits)
            #expect(whole.error == (text == bound.beyond ? bound.error : nil))
            #expect(whole.completeRequests.count == (text == bound.beyond ? 0 : 1))
            #expect(bytewise == whole)
        }
    }

    @Test(arguments: [Int.max, .min, 0, -1])
    func oddLimits_doNotTrap(_ number: Int) {
        var limits = HTTPLimits()
        limits.methodBytesMax = number
        limits.targetBytesMax = number
        limits.headerBytesMax = number
        limits.chunkLineBytesMax = number
        limits.trailerBytesMax = number
        limits.chunkExtensionBytesMax = number
        limits.bodyBytesMax = Int64(number)
        limits.drainBytesMax = Int64(number)

        for bound in Self.bounds { _ = RequestReading(Array(bound.beyond.utf8), limits: limits.clamped) }

        #expect(limits.clamped == limits.clamped.clamped)
        #expect(HTTPLimits().clamped == HTTPLimits())
    }
}
