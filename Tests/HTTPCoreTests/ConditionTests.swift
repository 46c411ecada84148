import HTTPCore
import Testing

struct ConditionTests {
    private let tag = EntityTag("v1")
    private let modified = HTTPDate(epochSeconds: 784_111_777)
    private let same = "Sun, 06 Nov 1994 08:49:37 GMT"
    private let earlier = "Sun, 06 Nov 1994 08:49:36 GMT"

    @Test func evaluate_followsTheOrderOfTheStandard() {
        let examples: [(HTTPMethod, HTTPHeaders, Preconditions.Outcome)] = [
            (.get, [:], .proceed),
            (.get, ["If-None-Match": "\"v1\""], .notModified),
            (.head, ["If-None-Match": "W/\"v1\""], .notModified),
            (.get, ["If-None-Match": "\"a\", \"v1\""], .notModified),
            (.get, ["If-None-Match": "*"], .notModified),
            (.get, ["If-None-Match": "\"v2\""], .proceed),
            (.put, ["If-None-Match": "*"], .failed),
            (.put, ["If-Match": "\"v1\""], .proceed),
            (.put, ["If-Match": "W/\"v1\""], .failed),
            (.put, ["If-Match": "\"v2\", \"v1\""], .proceed),
            (.put, ["If-Match": "\"v2\""], .failed),
            (.put, ["If-Match": "*"], .proceed),
            (.get, ["If-Modified-Since": same], .notModified),
            (.get, ["If-Modified-Since": earlier], .proceed),
            (.post, ["If-Modified-Since": same], .proceed),
            (.get, ["If-Modified-Since": "yesterday"], .proceed),
            (.put, ["If-Unmodified-Since": same], .proceed),
            (.put, ["If-Unmodified-Since": earlier], .failed),
            // Tags win over dates, and the first of the pair over the second.
            (.get, ["If-None-Match": "\"v2\"", "If-Modified-Since": same], .proceed),
            (.put, ["If-Match": "\"v1\"", "If-Unmodified-Since": earlier], .proceed),
            (.get, ["If-Match": "\"v2\"", "If-None-Match": "\"v1\""], .failed),
            (.get, ["If-Match": "\"v1\"", "If-None-Match": "\"v1\""], .notModified),
        ]
        for (method, headers, expected) in examples {
            let head = HTTPRequestHead(method: method, target: .root, headers: headers)
            #expect(
                Preconditions.evaluate(head, tag: tag, modified: modified) == expected,
                "\(method) \(Array(headers))"
            )
        }
    }

    @Test func evaluate_knowsWhatDoesNotExist() {
        let match = HTTPRequestHead(method: .put, target: .root, headers: ["If-Match": "*"])
        let noneMatch = HTTPRequestHead(method: .put, target: .root, headers: ["If-None-Match": "*"])

        #expect(Preconditions.evaluate(match, tag: nil) == .failed)
        #expect(Preconditions.evaluate(noneMatch, tag: nil) == .proceed)
    }

    @Test func range_needsTheSameRepresentation() {
        let examples: [(String?, Bool)] = [
            (nil, true), ("\"v1\"", true), ("W/\"v1\"", false), ("\"v2\"", false), (same, true), (earlier, false),
            ("x", false),
        ]
        for (value, expected) in examples {
            let headers: HTTPHeaders = value.map { ["If-Range": $0] } ?? [:]
            let head = HTTPRequestHead(method: .get, target: .root, headers: headers)
            #expect(Preconditions.isRangeAllowed(head, tag, modified) == expected, "\(value ?? "none")")
        }
    }

    @Test func tag_isReadAndWritten() {
        #expect(EntityTag(parsing: "\"a,b\"")?.opaque == "a,b")
        #expect(EntityTag(parsing: "W/\"\"")?.description == "W/\"\"")
        #expect(EntityTag("a\"b c").description == "\"a_b_c\"")
        for broken in ["", "a", "\"", "\"a", "a\"", "w/\"a\"", "W\"a\"", "\"a\"b", "\"a b\""] {
            #expect(EntityTag(parsing: broken) == nil, "\(broken)")
        }
        #expect(EntityTagList("\"a,b\" , broken, W/\"c\"") == .tags([EntityTag("a,b"), EntityTag("c", isWeak: true)]))
    }

    @Test func range_isResolved() {
        let examples: [(String?, ByteRange)] = [
            (nil, .whole), ("bytes=0-0", .part(0..<1)), ("bytes=2-4", .part(2..<5)), ("bytes=2-", .part(2..<10)),
            ("bytes=-3", .part(7..<10)), ("bytes=-99", .part(0..<10)), ("bytes=9-99", .part(9..<10)),
            ("Bytes=0-1", .part(0..<2)), ("bytes=10-", .unsatisfiable), ("bytes=10-20", .unsatisfiable),
            ("bytes=-0", .unsatisfiable), ("bytes=5-4", .whole), ("bytes=-", .whole), ("bytes=a-b", .whole),
            ("bytes=0-1,3-4", .whole), ("lines=0-1", .whole), ("bytes", .whole), ("bytes=+1-2", .whole),
            ("bytes=0-99999999999999999999999", .part(0..<10)), ("bytes=99999999999999999999999-", .unsatisfiable),
        ]
        for (value, expected) in examples { #expect(ByteRange(value, length: 10) == expected, "\(value ?? "none")") }
        #expect(ByteRange("bytes=0-", length: 0) == .unsatisfiable)
        #expect(ByteRange.contentRange(2..<5, length: 10) == "bytes 2-4/10")
    }

    @Test func date_isReadInAllFormatsAndWrittenInOne() {
        for text in [same, "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"] {
            #expect(HTTPDate(parsing: text) == modified, "\(text)")
        }
        #expect(modified.description == same)
        #expect(HTTPDate(epochSeconds: 0).description == "Thu, 01 Jan 1970 00:00:00 GMT")
        #expect(HTTPDate(epochSeconds: 951_827_696).description == "Tue, 29 Feb 2000 12:34:56 GMT")
        #expect(HTTPDate(epochSeconds: -1).description == "Wed, 31 Dec 1969 23:59:59 GMT")
        #expect(HTTPDate(epochSeconds: .max).description == "Fri, 31 Dec 9999 23:59:59 GMT")
        #expect(HTTPDate(epochSeconds: .min).description == "Mon, 01 Jan 0001 00:00:00 GMT")
        #expect(HTTPDate(parsing: "Sunday, 06-Nov-77 08:49:37 GMT")?.description == "Sun, 06 Nov 1977 08:49:37 GMT")
        #expect(HTTPDate(parsing: "Sunday, 06-Nov-76 08:49:37 GMT")?.description == "Fri, 06 Nov 2076 08:49:37 GMT")
        for broken in [
            "", "x", "Sun, 06 Nov 1994 08:49:37", "Sun, 31 Feb 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:00:00 GMT",
            "Sun, 06 Nov 1994 8:49:37 GMT", "Sun, 06 Nov 0000 08:49:37 GMT", "Sun, 06 Foo 1994 08:49:37 GMT",
            "Sun, 06 Nov 1994 08:49:37 CET", "Sun, 06 Nov 19940 08:49:37 GMT", "Sun, 0６ Nov 1994 08:49:37 GMT",
        ] {
            #expect(HTTPDate(parsing: broken) == nil, "\(broken)")
        }
    }

    @Test(arguments: 0..<4)
    func date_survivesTheRoundTrip(_ seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        for _ in 0..<500 {
            let date = HTTPDate(epochSeconds: .random(in: -62_135_596_800...253_402_300_799, using: &random))
            #expect(HTTPDate(parsing: date.description) == date)
        }
    }
}
