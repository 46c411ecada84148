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

    @Test func codedTag_standsForTheHandlers() {
        #expect(tag.coded(.gzip).description == "\"v1-gzip\"" && tag.coded(.gzip).uncoded == tag)
        #expect(tag.coded(.brotli).description == "\"v1-br\"" && tag.coded(.identity) == tag && tag.uncoded == tag)
        #expect(EntityTag("v1", isWeak: true).coded(.gzip) == EntityTag("v1", isWeak: true))
        #expect(EntityTagList("\"a-gzip\", W/\"b-gzip\", \"c\"")?.uncoded.description == "\"a\", W/\"b-gzip\", \"c\"")
        let examples: [(HTTPMethod, HTTPHeaders, Preconditions.Outcome)] = [
            (.put, ["If-Match": "\"v1-gzip\""], .proceed), (.put, ["If-Match": "\"v2-gzip\""], .failed),
            (.get, ["If-None-Match": "\"v1-gzip\"", "Accept-Encoding": "gzip"], .notModified),
            (.get, ["If-None-Match": "\"v1-gzip\"", "Accept-Encoding": "gzip;q=0"], .proceed),
            (.get, ["If-None-Match": "\"v1-gzip\""], .proceed),
        ]
        for (method, headers, expected) in examples {
            let head = HTTPRequestHead(method: method, target: .root, headers: headers)
            #expect(Preconditions.evaluate(head, tag: tag) == expected, "\(method) \(Array(headers))")
        }
        // A range of the compressed form is not a range of this one.
        let head = HTTPRequestHead(method: .get, target: .root, headers: ["If-Range": "\"v1-gzip\""])
        #expect(!Preconditions.isRangeAllowed(head, tag, modified))
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

    /// Several ranges of 10,000 bytes.
    private let several: [(String, ByteRange)] = [
        ("bytes=0-9,1000-1009", .parts([0..<10, 1000..<1010])),
        // In the order asked for, also when some become one.
        ("bytes=1000-1009, 0-9", .parts([1000..<1010, 0..<10])),
        ("bytes=9000-,1000-1009,-500", .parts([9000..<10_000, 1000..<1010])),
        // Overlapping, adjacent and close ones are one; so is what covers everything.
        ("bytes=0-99,50-149,150-199", .part(0..<200)), ("bytes=0-0,129-130", .part(0..<131)),
        ("bytes=0-0,130-131", .parts([0..<1, 130..<132])), ("bytes=0-,0-,0-", .part(0..<10_000)),
        // What does not exist is left out.
        ("bytes=0-9,99999-", .part(0..<10)), ("bytes=99999-,-0", .unsatisfiable),
        ("bytes=0-9,,1000-1009,", .parts([0..<10, 1000..<1010])), ("bytes=,", .whole), ("bytes= ", .whole),
        // One broken range breaks them all.
        ("bytes=0-9,x", .whole), ("bytes=0-9,5-1", .whole),
        // As many as allowed, and one more.
        (
            "bytes=" + (0..<16).map { "\($0 * 500)-\($0 * 500)" }.joined(separator: ","),
            .parts((0..<16).map { Int64($0) * 500..<Int64($0) * 500 + 1 })
        ),
        ("bytes=" + (0..<17).map { "\($0 * 500)-\($0 * 500)" }.joined(separator: ","), .whole),
        ("bytes=" + String(repeating: "0-,", count: 1000), .whole),
    ]

    @Test func range_isResolved() {
        let examples: [(String?, ByteRange)] = [
            (nil, .whole), ("bytes=0-0", .part(0..<1)), ("bytes=2-4", .part(2..<5)), ("bytes=2-", .part(2..<10)),
            ("bytes=-3", .part(7..<10)), ("bytes=-99", .part(0..<10)), ("bytes=9-99", .part(9..<10)),
            ("Bytes=0-1", .part(0..<2)), ("bytes=10-", .unsatisfiable), ("bytes=10-20", .unsatisfiable),
            ("bytes=-0", .unsatisfiable), ("bytes=5-4", .whole), ("bytes=-", .whole), ("bytes=a-b", .whole),
            ("bytes=0-1,3-4", .part(0..<5)), ("lines=0-1", .whole), ("bytes", .whole), ("bytes=+1-2", .whole),
            ("bytes=0-99999999999999999999999", .part(0..<10)), ("bytes=99999999999999999999999-", .unsatisfiable),
        ]
        for (value, expected) in examples { #expect(ByteRange(value, length: 10) == expected, "\(value ?? "none")") }
        for (value, expected) in several {
            #expect(ByteRange(value, length: 10_000) == expected, "\(value)")
        }
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
