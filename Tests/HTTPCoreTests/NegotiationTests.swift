import HTTPCore
import Testing

struct NegotiationTests {
    @Test func accept_prefersWeightThenTheServersOrder() {
        let offers: [MediaType] = [.html, .json]
        let examples: [(String?, String?)] = [
            (nil, "text/html"), ("", "text/html"), ("*/*", "text/html"), ("application/json", "application/json"),
            ("text/html;q=0.5, application/json", "application/json"), ("text/*, application/json", "text/html"),
            ("text/*;q=0.9, application/json;q=0.91", "application/json"), ("image/png", nil),
            ("*/*, text/html;q=0", "application/json"), ("application/*;q=0.001", "application/json"),
            ("text/html;level=1", nil), ("text/html;q=2, application/json;q=0.1", "application/json"),
            (", ,application/json,", "application/json"), ("garbage, application/json", "application/json"),
            ("text/html;a=\"x,y\";q=0.1, application/json;q=0.2", "application/json"),
        ]
        for (value, expected) in examples {
            #expect(AcceptHeader(value).best(of: offers)?.essence == expected, "\(value ?? "none")")
        }
    }

    @Test func mediaType_isReadAndWritten() {
        let type = MediaType(parsing: "Text/HTML ; Charset=\"utf-8\" ; x=\"a\\\"b\"")
        #expect(type?.essence == "text/html")
        #expect(type?.parameter("charset") == "utf-8")
        #expect(type?.description == "text/html; charset=utf-8; x=\"a\\\"b\"")
        let tabbed = MediaType(parsing: "text/html; a=\"\t\"")
        #expect(tabbed?.description == "text/html; a=\"\t\"")
        #expect(MediaType(parsing: "application/problem+json")?.isJSON == true)
        #expect(MediaType(parsing: "application/jsonp")?.isJSON == false)
        for broken in ["", "text", "text/", "/html", "text/html x", "text/html;a", "text/html;a=\"b", "text/html, a/b"]
        {
            #expect(MediaType(parsing: broken) == nil, "\(broken)")
        }
    }

    @Test func language_isFoundByLookUp() {
        let offers = ["en", "zh-Hans"]
        let examples: [(String?, String?)] = [
            (nil, nil), ("en", "en"), ("en-GB", "en"), ("zh-CN", "zh-Hans"), ("zh-Hans-CN", "zh-Hans"),
            ("zh", "zh-Hans"),
            ("fr", nil), ("fr, zh;q=0.5, en;q=0.9", "en"), ("*", "en"), ("en;q=0, *", "zh-Hans"), ("de, *;q=0.1", "en"),
            ("ZH-hans", "zh-Hans"), ("en;q=0.8, zh-CN", "zh-Hans"), ("en;q=x, zh", "zh-Hans"), ("é", nil),
            ("zh-TW", nil),
        ]
        for (value, expected) in examples {
            #expect(LanguageRange.best(of: offers, for: value) == expected, "\(value ?? "none")")
        }
    }

    @Test func coding_isWeighed() {
        let examples: [(String?, ContentCoding)] = [
            (nil, .identity), ("", .identity), ("gzip", .gzip), ("br", .brotli), ("gzip, br", .brotli),
            ("gzip;q=1, br;q=0.9", .gzip), ("*", .brotli), ("*;q=0.1, gzip", .gzip), ("X-GZIP", .gzip),
            ("identity", .identity), ("identity;q=0.3, gzip;q=0.3", .gzip), ("identity, gzip;q=0.999", .identity),
            ("gzip;q=0, br;q=0", .identity), ("*;q=0", .identity), ("identity;q=0", .identity),
            ("gzip;q=0.000", .identity),
            ("gzip;q=0, gzip", .identity), ("gzip;q=7, br;q=x, deflate", .identity), ("gzip ; q=0.5", .gzip),
            ("compress, , gzip;q=0.001", .gzip), ("gzip;q", .identity), ("g zip", .identity),
            ("*;q=0, identity", .identity),
        ]
        for (value, expected) in examples {
            #expect(AcceptEncoding(value).best(of: [.brotli, .gzip, .identity]) == expected, "\(value ?? "none")")
        }
        #expect(AcceptEncoding("br").best(of: [.gzip, .identity]) == .identity)
        #expect(AcceptEncoding("*;q=0").weight(of: .identity) == 0 && AcceptEncoding("gzip").weight(of: .identity) == 1)
    }

    @Test func lists_areBounded() {
        let long = Array(repeating: "a/b", count: 1000).joined(separator: ",")
        #expect(AcceptHeader(long).ranges.count == HTTPLimits.listMembersMax)
    }

    @Test(arguments: 0..<4)
    func fieldParsers_neverTrap(_ seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        let alphabet = Array("aq=;,\"\\/* -0.159%W:[]\t".unicodeScalars)
        for _ in 0..<2000 {
            var text = ""
            for _ in 0..<Int.random(in: 0...24, using: &random) {
                text.unicodeScalars.append(alphabet[Int.random(in: 0..<alphabet.count, using: &random)])
            }
            _ = AcceptHeader(text).best(of: [.html, .json])
            _ = MediaType(parsing: text)
            _ = AcceptEncoding(text).best(of: ContentCoding.allCases)
            _ = LanguageRange.best(of: ["en"], for: text)
            _ = EntityTagList(text)
            _ = ByteRange(text, length: 100)
            _ = ByteRange("bytes=" + text, length: 1000)
            _ = HTTPDate(parsing: text)
            _ = Cookies(["Cookie": text])
            _ = QueryItems(parsing: text)
            _ = try? RequestTarget(text)
        }
    }
}
