import HTTPCore
import Testing

/// `Forwarded` (RFC 7239) and the fields before it, read from a proxy that is trusted.
struct ForwardedTests {
    /// Client, scheme and host as one line; `-` for what is not told.
    private func origin(
        _ headers: HTTPHeaders,
        fields: ForwardedOrigin.Fields = .any,
        trusting proxies: String = "10.0.0.0/8"
    ) throws -> String {
        let proxies = try #require(TrustedProxies(parsing: proxies))
        guard let origin = ForwardedOrigin(headers, fields: fields, trusting: proxies) else { return "nothing" }
        let client = origin.client.map { "\($0.address) \($0.port)" } ?? "-"
        let scheme = origin.isSecure.map { $0 ? "https" : "http" } ?? "-"
        return "\(client) \(scheme) \(origin.host ?? "-")"
    }

    @Test(arguments: [
        ("for=192.0.2.60", "192.0.2.60 0 - -"),
        ("For=192.0.2.60; Proto=HTTPS; by=203.0.113.43", "192.0.2.60 0 https -"),
        ("for=\"192.0.2.60:4711\";proto=http;host=example.com", "192.0.2.60 4711 http example.com"),
        ("for=\"[2001:db8:cafe::17]\"", "2001:db8:cafe::17 0 - -"),
        ("for=\"[2001:db8:cafe::17]:4711\";host=\"a:8443\"", "2001:db8:cafe::17 4711 - a:8443"),
        ("for=\"192.0.2.60:_port\"", "192.0.2.60 0 - -"),
        ("for=\"\\192.0.2.60\"", "192.0.2.60 0 - -"),
        ("for=unknown;proto=https", "- https -"),
        ("for=_gazonk;host=a", "- - a"),
        ("for=\"_gazonk:_x\"", "- - -"),
        ("proto=https", "- https -"),
        ("secret=abc;for=192.0.2.1;ext=\"a,b;c\\\"d\"", "192.0.2.1 0 - -"),
        ("for=192.0.2.1;;", "192.0.2.1 0 - -"),
        (" , for=192.0.2.1 ,, ", "192.0.2.1 0 - -"),
        // From the right, over trusted proxies, to the first that is not.
        ("for=192.0.2.43, for=198.51.100.17", "198.51.100.17 0 - -"),
        ("for=192.0.2.43;proto=https, for=10.0.0.7;proto=http", "192.0.2.43 0 https -"),
        ("for=192.0.2.9, for=192.0.2.43;host=b, for=10.0.0.7, for=\"10.1.1.1:1\"", "192.0.2.43 0 - b"),
        ("for=10.0.0.1, for=10.0.0.2", "10.0.0.1 0 - -"),
        ("for=192.0.2.43, for=unknown, for=10.0.0.2", "10.0.0.2 0 - -"),
    ])
    func forwarded_tellsTheClient(value: String, expected: String) throws {
        #expect(try origin(["Forwarded": value]) == expected)
    }

    @Test(arguments: [
        "", ",", "for", "for=", "for=\"", "for=\"192.0.2.1", "for=192.0.2.1 x", "for = 192.0.2.1",
        "for=192.0.2.1;for=1.1.1.1",
        "for=192.0.2.1:80", "for=[2001:db8::1]", "for=\"2001:db8::1\"", "for=\"[2001:db8::1\"", "for=\"[192.0.2.1]\"",
        "for=\"192.0.2.1:\"", "for=\"192.0.2.1:123456\"", "for=\"192.0.2.1:65536\"", "for=\"192.0.2.1:-1\"", "for=_",
        "for=name",
        "for=192.0.2.256", "proto=ftp", "host=\"a b\"", "host=\"a/b\"", "for=192.0.2.1, for=\"x", "=x",
        ";",
        "for=192.0.2.1;=", "for=192.0.2.1 for=192.0.2.2",
    ])
    func malformedField_saysNothing(value: String) throws {
        #expect(try origin(["Forwarded": value]) == "nothing")
        // What a client put in front must not change how the proxy's own words are read: then none of them counts.
        if !value.isEmpty, value != ",", value != ";" {
            #expect(try origin(["Forwarded": value + ", for=198.51.100.17"]) == "nothing")
        }
    }

    @Test func severalLines_areOneList() throws {
        let headers: HTTPHeaders = ["Forwarded": "for=192.0.2.1", "forwarded": "for=10.0.0.1"]
        #expect(try origin(headers) == "192.0.2.1 0 - -")
    }

    @Test(
        arguments: [
            ("192.0.2.1", nil, nil, "192.0.2.1 0 - -"),
            ("192.0.2.1:4711", "https", "example.com:8443", "192.0.2.1 4711 https example.com:8443"),
            ("2001:db8::1", "http", nil, "2001:db8::1 0 http -"),
            ("[2001:db8::1]:80", nil, nil, "2001:db8::1 80 - -"),
            (" 203.0.113.9 , 192.0.2.1,10.0.0.1 ", nil, nil, "192.0.2.1 0 - -"),
            ("203.0.113.9, 192.0.2.1, 10.0.0.1", "http, https, http", nil, "192.0.2.1 0 https -"),
            // Not as many as addresses: the nearest proxy's word.
            ("192.0.2.1, 10.0.0.1", "https", "a, b, c", "192.0.2.1 0 https c"),
            ("192.0.2.1", "http, https", nil, "192.0.2.1 0 https -"),
            (nil, "https", "a", "- https a"),
            ("192.0.2.1", "gopher", "a b", "192.0.2.1 0 - -"),
            ("unknown", nil, nil, "- - -"),
            ("192.0.2.1, nonsense, 10.0.0.1", nil, nil, "10.0.0.1 0 - -"),
            ("", nil, nil, "nothing"),
            (nil, nil, nil, "nothing"),
        ] as [(String?, String?, String?, String)]
    )
    func olderFields_tellTheClient(addresses: String?, scheme: String?, host: String?, expected: String) throws {
        var headers = HTTPHeaders()
        if let addresses { headers.add("X-Forwarded-For", addresses) }
        if let scheme { headers.add("X-Forwarded-Proto", scheme) }
        if let host { headers.add("X-Forwarded-Host", host) }
        #expect(try origin(headers) == expected)
    }

    @Test func bothKinds_countOnlyWhenTheyAgree() throws {
        let agreeing: HTTPHeaders = [
            "Forwarded": "for=192.0.2.1;proto=https", "X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "http",
        ]
        let differing: HTTPHeaders = ["Forwarded": "for=192.0.2.1", "X-Forwarded-For": "192.0.2.2"]
        let broken: HTTPHeaders = ["Forwarded": "for=\"", "X-Forwarded-For": "192.0.2.2"]
        let schemeOnly: HTTPHeaders = ["Forwarded": "for=192.0.2.1", "X-Forwarded-Proto": "https"]

        #expect(try origin(agreeing) == "192.0.2.1 0 https -")
        #expect(try origin(differing) == "nothing")
        #expect(try origin(broken) == "nothing")
        #expect(try origin(schemeOnly) == "192.0.2.1 0 - -")
        #expect(try origin(differing, fields: .forwarded) == "192.0.2.1 0 - -")
        #expect(try origin(differing, fields: .xForwarded) == "192.0.2.2 0 - -")
        #expect(try origin(broken, fields: .xForwarded) == "192.0.2.2 0 - -")
    }

    @Test func longLists_loseTheFarEndOnly() throws {
        let forged = Array(repeating: "for=203.0.113.1", count: 500).joined(separator: ",")
        #expect(try origin(["Forwarded": forged + ",for=192.0.2.1,for=10.0.0.1"]) == "192.0.2.1 0 - -")
        let older = Array(repeating: "203.0.113.1", count: 500).joined(separator: ",")
        #expect(try origin(["X-Forwarded-For": older + ",192.0.2.1,10.0.0.1"]) == "192.0.2.1 0 - -")
    }

    @Test(arguments: 0..<8)
    func reading_neverTraps(seed: Int) throws {
        var random = SeededGenerator(seed: UInt64(seed))
        let alphabet = Array("for=\"[]:_.,;\\ 0129afx\tunknown".utf8) + [0x80, 0xFF]
        let proxies = try #require(TrustedProxies(parsing: "0.0.0.0/0,::/0"))
        for _ in 0..<3000 {
            let bytes = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
            }
            let value = String(decoding: bytes, as: UTF8.self)
            _ = ForwardedOrigin(["Forwarded": value], trusting: proxies)
            _ = ForwardedOrigin(["X-Forwarded-For": value, "X-Forwarded-Host": value], trusting: proxies)
        }
    }
}
