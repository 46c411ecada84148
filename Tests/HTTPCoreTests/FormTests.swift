import HTTPCore
import Testing

struct FormTests {
    @Test func query_keepsOrderAndRepetition() {
        let items = QueryItems(parsing: "a=1&b=%C3%A9+x&a=2&c&=d&&e=f=g&h=%zz%4")
        #expect(items.map(\.name) == ["a", "b", "a", "c", "", "e", "h"])
        #expect(items.all(named: "a") == ["1", "2"])
        #expect(items.first(named: "b") == "é x")
        #expect(items.first(named: "c") == "")
        #expect(items.first(named: "e") == "f=g")
        #expect(items.first(named: "h") == "%zz%4")
        #expect(QueryItems(parsing: nil).items.isEmpty)
    }

    @Test func query_isBounded() {
        let items = QueryItems(parsing: Array(repeating: "a=b", count: 1001).joined(separator: "&"))
        #expect(items.items.count == 1000 && items.isTruncated)
    }

    @Test func query_isEncodedAgain() {
        var items = QueryItems()
        items.add("q", "a b&c=é")
        items.add("q", "2")
        items.set("page", "3")
        #expect(items.encoded == "q=a%20b%26c%3D%C3%A9&q=2&page=3")
        #expect(QueryItems(parsing: items.encoded) == items)
        items.set("q", nil)
        #expect(items.encoded == "page=3")
    }

    @Test func form_needsItsTypeAndText() throws {
        let body = Array("a=b".utf8)
        let form = "application/x-www-form-urlencoded"
        #expect(try FormDecoder.decode(body, contentType: form + "; charset=UTF-8").first(named: "a") == "b")
        #expect(throws: FormDecoder.Failure.unsupportedMediaType) { try FormDecoder.decode(body, contentType: nil) }
        #expect(throws: FormDecoder.Failure.unsupportedMediaType) {
            try FormDecoder.decode(body, contentType: "application/json")
        }
        #expect(throws: FormDecoder.Failure.notUTF8) { try FormDecoder.decode([0xFF], contentType: form) }
        let many = Array(Array(repeating: "a=b", count: 1001).joined(separator: "&").utf8)
        #expect(throws: FormDecoder.Failure.tooManyFields) { try FormDecoder.decode(many, contentType: form) }
    }

    @Test func percentCoding_isStrictAndComplete() {
        #expect(PercentCoding.decoded("a%2Fb%25") == "a/b%")
        #expect(
            PercentCoding.decoded("%") == nil && PercentCoding.decoded("%f") == nil
                && PercentCoding.decoded("%ff") == nil
        )
        #expect(PercentCoding.encoded("a/é~") == "a%2F%C3%A9~")
    }

    @Test func target_decodesThePathOnce() throws {
        let target = try RequestTarget("/a%2fb/%C3%A9/%252e?x=%2F")
        #expect(target.path == "/a%2Fb/é/%252e")
        #expect(target.segments == ["a/b", "é", "%2e"])
        #expect(target.rawPath == "/a%2fb/%C3%A9/%252e")
        #expect(target.query == "x=%2F")
        #expect(try RequestTarget("/").segments == [""])
        #expect(try RequestTarget("*").segments.isEmpty)
        #expect(try RequestTarget("http://h:1").path == "/")
        #expect(try RequestTarget("http://h:1?q").authority == "h:1")
        #expect(RequestTarget.root == (try RequestTarget("/")))
    }

    @Test func cookies_areRead() {
        let cookies = Cookies(["Cookie": "a=1; b=\"2\"; bad name=3; c=x y; a=4;;=5; d", "cookie": "e==6"])
        #expect(cookies["a"] == "1" && cookies["b"] == "2" && cookies["e"] == "=6")
        #expect(cookies["bad name"] == nil && cookies["c"] == nil && cookies["d"] == nil && cookies["A"] == nil)
    }

    @Test func setCookie_isSafe() {
        var cookie = SetCookie(name: "s", value: "a;b\r\n")
        #expect(cookie.headerValue == "s=a%3Bb%0D%0A; Path=/; HttpOnly; SameSite=Lax")
        (cookie.value, cookie.isSecure, cookie.maxAgeSeconds, cookie.domain) = ("x=y", true, 60, "d.example")
        cookie.sameSite = .strict
        #expect(
            cookie.headerValue == "s=x=y; Path=/; Domain=d.example; Max-Age=60; Secure; HttpOnly; SameSite=Strict"
        )
        #expect(SetCookie.removal(of: "s").headerValue == "s=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax")
    }

    @Test func headers_areOrderedAndCaseInsensitive() {
        var headers: HTTPHeaders = ["A": "1", "b": "2", "a": "3"]
        #expect(headers["a"] == "1" && headers.values(for: "A") == ["1", "3"] && headers.joined("a") == "1, 3")
        headers.set("a", "4")
        #expect(headers.map(\.name) == ["A", "b"] && headers["A"] == "4")
        headers["B"] = nil
        headers["c"] = "5"
        headers.setDefault("C", "6")
        #expect(headers.map(\.value) == ["4", "5"])
        headers.vary(on: "Accept")
        headers.vary(on: "accept")
        headers.vary(on: "Cookie")
        #expect(headers["Vary"] == "Accept, Cookie")
    }
}
