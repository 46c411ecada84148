import HTTPCore

/// One input and the only reading that it may have.
struct FramingCase: Sendable, CustomStringConvertible {
    /// Section of RFC 9112, unless another number is given.
    var section: String
    var input: String
    var expected: Expected

    enum Expected: Sendable, Equatable {
        case requests([String])
        case refused(HTTPParseError)
    }

    var description: String { "\(section) \(input.prefix(90).debugDescription)" }

    /// A case that is read as these requests.
    static func ok(_ section: String, _ input: String, _ requests: String...) -> FramingCase {
        FramingCase(section: section, input: input, expected: .requests(requests))
    }

    /// A case that is refused.
    static func no(_ section: String, _ input: String, _ error: HTTPParseError) -> FramingCase {
        FramingCase(section: section, input: input, expected: .refused(error))
    }

    /// A GET with these field lines; `Host` comes first.
    static func fields(_ lines: String...) -> String {
        "GET / HTTP/1.1\r\nHost: a\r\n" + lines.map { $0 + "\r\n" }.joined() + "\r\n"
    }

    /// A POST of chunked content.
    static func chunks(_ content: String) -> String {
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + content
    }
}

extension FramingCase {
    static let all =
        requestLines + targets + fieldLines + hosts + lengths + codings + chunked + sequences + expectations

    static let requestLines: [FramingCase] = [
        .ok("3", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET /"),
        .ok("3", "GET / HTTP/1.0\r\n\r\n", "GET / 1.0"),
        .ok("9110 2.5", "GET / HTTP/1.2\r\nHost: a\r\n\r\n", "GET /"),
        .ok("9110 2.5", "GET / HTTP/1.9\r\nHost: a\r\n\r\n", "GET /"),
        .ok("2.2", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET /"),
        .ok("2.2", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET /"),
        .no("2.2", "\r\n\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", .tooManyEmptyLines),
        .no("2.2", "\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", .invalidLineEnd),
        .no("2.2", "GET / HTTP/1.1\nHost: a\n\n", .invalidLineEnd),
        .no("2.2", "GET / HTTP/1.1\r\nHost: a\n\r\n", .invalidLineEnd),
        .no("2.2", "GET / HTTP/1.1\r\nHost: a\r\n\n", .invalidLineEnd),
        .no("2.2", "GET / HTTP/1.1\rHost: a\r\n\r\n", .invalidVersion),
        .no("2.2", "GET /\r HTTP/1.1\r\nHost: a\r\n\r\n", .invalidTarget),
        .no("2.2", "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n", .invalidVersion),
        .no("3", " GET / HTTP/1.1\r\nHost: a\r\n\r\n", .invalidRequestLine),
        .no("3", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", .invalidRequestLine),
        .no("3", "GET /  HTTP/1.1\r\nHost: a\r\n\r\n", .invalidVersion),
        .no("3", "GET / HTTP/1.1 \r\nHost: a\r\n\r\n", .invalidVersion),
        .no("3", "GET\t/\tHTTP/1.1\r\nHost: a\r\n\r\n", .invalidRequestLine),
        .no("3", "GET /\r\n\r\n", .invalidRequestLine),
        .no("3", "GET\r\n\r\n", .invalidRequestLine),
        .no("3", "GET / x HTTP/1.1\r\nHost: a\r\n\r\n", .invalidVersion),
        .no("2.3", "GET / http/1.1\r\nHost: a\r\n\r\n", .invalidVersion),
        .no("2.3", "GET / HTTP/1.11\r\nHost: a\r\n\r\n", .invalidVersion),
        .no("2.3", "GET / HTTP/11\r\nHost: a\r\n\r\n", .invalidVersion),
        .no("2.3", "GET / HTTP/1.\r\nHost: a\r\n\r\n", .invalidVersion),
        .no("2.3", "GET / HTTP/1,1\r\nHost: a\r\n\r\n", .invalidVersion),
        .no("2.3", "GET / HTTP/a.1\r\nHost: a\r\n\r\n", .invalidVersion),
        .no("2.3", "GET / HTTPS/1.1\r\nHost: a\r\n\r\n", .invalidVersion),
        .no("2.3", "GET / FTP/1.1 \r\nHost: a\r\n\r\n", .invalidVersion),
        .no("2.3", "GET / \r\nHost: a\r\n\r\n", .invalidVersion),
        .no("2.3", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", .unsupportedVersion),
        .no("2.3", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", .unsupportedVersion),
        .no("2.3", "GET / HTTP/0.9\r\n\r\n", .unsupportedVersion),
        .no("2.3", "GET / HTTP/3.0\r\nHost: a\r\n\r\n", .unsupportedVersion),
        .ok("3.1", "PROPFIND / HTTP/1.1\r\nHost: a\r\n\r\n", "PROPFIND /"),
        .ok("3.1", "get / HTTP/1.1\r\nHost: a\r\n\r\n", "get /"),
        .ok("3.1", "A!#$%&'*+-.^_`|~9 / HTTP/1.1\r\nHost: a\r\n\r\n", "A!#$%&'*+-.^_`|~9 /"),
        .no("3.1", "GE(T / HTTP/1.1\r\nHost: a\r\n\r\n", .invalidMethod),
        .no("3.1", "GET\0 / HTTP/1.1\r\nHost: a\r\n\r\n", .invalidMethod),
        .no("3.1", "GÉT / HTTP/1.1\r\nHost: a\r\n\r\n", .invalidMethod),
        .no("3.1", "{GET} / HTTP/1.1\r\nHost: a\r\n\r\n", .invalidMethod),
        .no("9110 9.3.6", "CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", .unsupportedMethod),
        .no("3", String(repeating: "M", count: 33) + " / HTTP/1.1\r\nHost: a\r\n\r\n", .unsupportedMethod),
        .no("3", String(repeating: "M", count: 60), .unsupportedMethod),
    ]

    static let targets: [FramingCase] = [
        .ok("3.2.1", "GET /a/b?c=d&e HTTP/1.1\r\nHost: a\r\n\r\n", "GET /a/b?c=d&e"),
        .ok("3.2.1", "GET /%41%2f%C3%A9 HTTP/1.1\r\nHost: a\r\n\r\n", "GET /%41%2f%C3%A9"),
        .ok("3.2.1", "GET //a//b HTTP/1.1\r\nHost: a\r\n\r\n", "GET //a//b"),
        .ok("3.2.1", "GET /a:b@c!$&'()*+,;=~ HTTP/1.1\r\nHost: a\r\n\r\n", "GET /a:b@c!$&'()*+,;=~"),
        .ok("3.2.1", "GET /a[0]|b HTTP/1.1\r\nHost: a\r\n\r\n", "GET /a[0]|b"),
        .ok("3.2.1", "GET /?q=100%&{x}=`\\^| HTTP/1.1\r\nHost: a\r\n\r\n", "GET /?q=100%&{x}=`\\^|"),
        .ok("3.2.1", "GET /../etc HTTP/1.1\r\nHost: a\r\n\r\n", "GET /../etc"),
        .no("3.2.1", "GET a HTTP/1.1\r\nHost: a\r\n\r\n", .invalidTarget),
        .no("3.2.1", "GET ?q HTTP/1.1\r\nHost: a\r\n\r\n", .invalidTarget),
        .no("3.2", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", .invalidTarget),
        .no("3.2", "GET /a<b HTTP/1.1\r\nHost: a\r\n\r\n", .invalidTarget),
        .no("3.2", "GET /a\"b HTTP/1.1\r\nHost: a\r\n\r\n", .invalidTarget),
        .no("3.2", "GET /a\\b HTTP/1.1\r\nHost: a\r\n\r\n", .invalidTarget),
        .no("3.2", "GET /?a#b HTTP/1.1\r\nHost: a\r\n\r\n", .invalidTarget),
        .no("3.2", "GET /a\0b HTTP/1.1\r\nHost: a\r\n\r\n", .invalidTarget),
        .no("3.2", "GET /a\tb HTTP/1.1\r\nHost: a\r\n\r\n", .invalidTarget),
        .no("3.2", "GET /a\u{7F}b HTTP/1.1\r\nHost: a\r\n\r\n", .invalidTarget),
        .no("3.2", "GET /é HTTP/1.1\r\nHost: a\r\n\r\n", .invalidTarget),
        .no("3986 2.1", "GET /% HTTP/1.1\r\nHost: a\r\n\r\n", .invalidTarget),
        .no("3986 2.1", "GET /%4 HTTP/1.1\r\nHost: a\r\n\r\n", .invalidTarget),
        .no("3986 2.1", "GET /%zz HTTP/1.1\r\nHost: a\r\n\r\n", .invalidTarget),
        .no("3986 2.1", "GET /%00 HTTP/1.1\r\nHost: a\r\n\r\n", .invalidTarget),
        .no("3986 2.1", "GET /%0d%0a HTTP/1.1\r\nHost: a\r\n\r\n", .invalidTarget),
        .no("3986 2.1", "GET /%ff HTTP/1.1\r\nHost: a\r\n\r\n", .invalidTarget),
        .no("3986 2.1", "GET /%c0%ae HTTP/1.1\r\nHost: a\r\n\r\n", .invalidTarget),
        .ok("3.2.2", "GET http://b/c?d HTTP/1.1\r\nHost: a\r\n\r\n", "GET http://b/c?d"),
        .ok("3.2.2", "GET HTTP://b HTTP/1.1\r\nHost: a\r\n\r\n", "GET HTTP://b"),
        .ok("3.2.2", "GET https://b:8443?d HTTP/1.1\r\nHost: a\r\n\r\n", "GET https://b:8443?d"),
        .no("3.2.2", "GET http:///c HTTP/1.1\r\nHost: a\r\n\r\n", .invalidTarget),
        .no("3.2.2", "GET http://u:p@b/c HTTP/1.1\r\nHost: a\r\n\r\n", .invalidTarget),
        .no("3.2.2", "GET ftp://b/c HTTP/1.1\r\nHost: a\r\n\r\n", .invalidTarget),
        .no("3.2.2", "GET http://b/c HTTP/1.1\r\n\r\n", .invalidHost),
        .no("3.2.3", "GET a:80 HTTP/1.1\r\nHost: a\r\n\r\n", .invalidTarget),
        .ok("3.2.4", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "OPTIONS *"),
        .no("3.2.4", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", .invalidTarget),
        .no("3.2.4", "OPTIONS *a HTTP/1.1\r\nHost: a\r\n\r\n", .invalidTarget),
        .no("3", "GET /" + String(repeating: "a", count: 8192) + " HTTP/1.1\r\nHost: a\r\n\r\n", .targetTooLong),
        .no("3", "GET /" + String(repeating: "a", count: 9000), .targetTooLong),
    ]

    static let fieldLines: [FramingCase] = [
        .ok("5", fields("A: b"), "GET / A=b"),
        .ok("5.1", fields("A:b"), "GET / A=b"),
        .ok("5.1", fields("A: \t b c \t "), "GET / A=b c"),
        .ok("5.1", fields("A:"), "GET / A="),
        .ok("5.1", fields("A:  "), "GET / A="),
        .ok("9110 5.5", fields("A: b\tc"), "GET / A=b\tc"),
        .ok("9110 5.5", fields("A: é"), "GET / A=é"),
        .ok("9110 5.5", fields("A: a:b"), "GET / A=a:b"),
        .ok("9110 5.6.2", fields("!#$%&'*+-.^_`|~9a: b"), "GET / !#$%&'*+-.^_`|~9a=b"),
        .ok("9110 5.3", fields("A: b", "a: c"), "GET / A=b a=c"),
        .no("5.1", fields("A : b"), .invalidFieldName),
        .no("5.1", fields("A\t: b"), .invalidFieldName),
        .no("5.1", fields("A b: c"), .invalidFieldName),
        .no("5.1", fields(": b"), .invalidFieldName),
        .no("5.1", fields("A"), .invalidFieldName),
        .no("5.1", fields("A(b): c"), .invalidFieldName),
        .no("5.1", fields("A\0: c"), .invalidFieldName),
        .no("5.1", fields("É: c"), .invalidFieldName),
        .no("5.1", fields("\"A\": c"), .invalidFieldName),
        .no("5.2", fields("A: b", " c"), .foldedField),
        .no("5.2", fields("A: b", "\tc"), .foldedField),
        .no("5.2", fields("A: b", " "), .foldedField),
        .no("2.2", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", .foldedField),
        .no("2.2", "GET / HTTP/1.1\r\n\tHost: a\r\nHost: a\r\n\r\n", .foldedField),
        .no("9110 5.5", fields("A: b\0c"), .invalidFieldValue),
        .no("9110 5.5", fields("A: b\rc"), .invalidFieldValue),
        .no("9110 5.5", fields("A: b\r"), .invalidFieldValue),
        .no("9110 5.5", fields("A: b\u{1}c"), .invalidFieldValue),
        .no("9110 5.5", fields("A: b\u{7F}c"), .invalidFieldValue),
        .no("9110 5.5", fields("A: b\u{B}c"), .invalidFieldValue),
        .no("6585 5", fields("A: " + String(repeating: "b", count: 17_000)), .headersTooLarge),
        .no("6585 5", "GET / HTTP/1.1\r\nA: " + String(repeating: "b", count: 17_000), .headersTooLarge),
        .no(
            "6585 5",
            "GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "A: b\r\n", count: 100) + "\r\n",
            .headersTooLarge
        ),
    ]

    static let hosts: [FramingCase] = [
        .ok("3.2", "GET / HTTP/1.1\r\nHost: a.example:8080\r\n\r\n", "GET /"),
        .ok("3.2", "GET / HTTP/1.1\r\nhOsT:a\r\n\r\n", "GET /"),
        .ok("3.2", "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", "GET /"),
        .ok("3.2", "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", "GET /"),
        .ok("3.2", "GET / HTTP/1.1\r\nHost: a:\r\n\r\n", "GET /"),
        .no("3.2", "GET / HTTP/1.1\r\n\r\n", .invalidHost),
        .no("3.2", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", .invalidHost),
        .no("3.2", "GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n", .invalidHost),
        .no("3.2", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", .invalidHost),
        .no("3.2", "GET / HTTP/1.1\r\nHost:\r\n\r\n", .invalidHost),
        .no("3.2", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", .invalidHost),
        .no("3.2", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", .invalidHost),
        .no("3.2", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", .invalidHost),
        .no("3.2", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", .invalidHost),
        .no("3.2", "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", .invalidHost),
        .no("3.2", "GET / HTTP/1.1\r\nHost: a:99999\r\n\r\n", .invalidHost),
        .no("3.2", "GET / HTTP/1.1\r\nHost: a:80:80\r\n\r\n", .invalidHost),
        .no("3.2", "GET / HTTP/1.1\r\nHost: :80\r\n\r\n", .invalidHost),
        .no("3.2", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", .invalidHost),
        .no("3.2", "GET / HTTP/1.1\r\nHost: []\r\n\r\n", .invalidHost),
        .no("3.2", "GET / HTTP/1.1\r\nHost: [::1]x\r\n\r\n", .invalidHost),
        .no("3.2", "GET / HTTP/1.1\r\nHost: é\r\n\r\n", .invalidHost),
    ]
}
