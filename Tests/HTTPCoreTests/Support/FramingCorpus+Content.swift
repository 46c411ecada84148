import HTTPCore

extension FramingCase {
    private static func post(_ lines: String..., content: String = "") -> String {
        "POST / HTTP/1.1\r\nHost: a\r\n" + lines.map { $0 + "\r\n" }.joined() + "\r\n" + content
    }

    static let lengths: [FramingCase] = [
        .ok("6.2", post("Content-Length: 3", content: "abc"), "POST / <abc>"),
        .ok("6.2", post("content-length:3", content: "abc"), "POST / <abc>"),
        .ok("6.2", post("Content-Length: 0"), "POST /"),
        .ok("6.2", post("Content-Length: 003", content: "abc"), "POST / <abc>"),
        .ok("6.3 7", post(), "POST /"),
        .ok("9110 9.3.1", "GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab", "GET / <ab>"),
        .ok("6.2", "POST / HTTP/1.0\r\nContent-Length: 2\r\n\r\nab", "POST / 1.0 <ab>"),
        .no("6.3 5", post("Content-Length: 3", "Content-Length: 3", content: "abc"), .invalidContentLength),
        .no("6.3 5", post("Content-Length: 3", "Content-Length: 4", content: "abcd"), .invalidContentLength),
        .no("6.3 5", post("Content-Length: 3, 3", content: "abc"), .invalidContentLength),
        .no("6.3 5", post("Content-Length: 3,", content: "abc"), .invalidContentLength),
        .no("6.3 5", post("Content-Length: +3", content: "abc"), .invalidContentLength),
        .no("6.3 5", post("Content-Length: -3", content: "abc"), .invalidContentLength),
        .no("6.3 5", post("Content-Length: -0"), .invalidContentLength),
        .no("6.3 5", post("Content-Length: 0x3", content: "abc"), .invalidContentLength),
        .no("6.3 5", post("Content-Length: 3 3", content: "abc"), .invalidContentLength),
        .no("6.3 5", post("Content-Length: 3.0", content: "abc"), .invalidContentLength),
        .no("6.3 5", post("Content-Length: \"3\"", content: "abc"), .invalidContentLength),
        .no("6.3 5", post("Content-Length: a", content: "abc"), .invalidContentLength),
        .no("6.3 5", post("Content-Length: ３", content: "abc"), .invalidContentLength),
        .no("6.3 5", post("Content-Length:"), .invalidContentLength),
        .no("9110 15.5.14", post("Content-Length: 8388609"), .contentTooLarge),
        .no("9110 15.5.14", post("Content-Length: 9223372036854775807"), .contentTooLarge),
        .no("9110 15.5.14", post("Content-Length: 9223372036854775808"), .contentTooLarge),
        .no("9110 15.5.14", post("Content-Length: 18446744073709551619"), .contentTooLarge),
        .no("9110 15.5.14", post("Content-Length: 99999999999999999999999999999999"), .contentTooLarge),
    ]

    static let codings: [FramingCase] = [
        .ok("6.1", post("Transfer-Encoding: chunked", content: "0\r\n\r\n"), "POST /"),
        .ok("6.1", post("transfer-encoding:CHUNKED", content: "0\r\n\r\n"), "POST /"),
        .no("6.1", post("Transfer-Encoding: chunked", "Content-Length: 5", content: "0\r\n\r\n"), .conflictingFraming),
        .no("6.1", post("Content-Length: 5", "Transfer-Encoding: chunked", content: "0\r\n\r\n"), .conflictingFraming),
        .no("6.1", post("Content-Length: 5", "Transfer-Encoding: x", content: "0\r\n\r\n"), .conflictingFraming),
        .no("6.1", "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", .invalidTransferEncoding),
        .no("6.1", post("Transfer-Encoding: chunked, chunked", content: "0\r\n\r\n"), .invalidTransferEncoding),
        .no("6.1", post("Transfer-Encoding: chunked", "Transfer-Encoding: chunked"), .invalidTransferEncoding),
        .no("6.1", post("Transfer-Encoding: chunked;a=b", content: "0\r\n\r\n"), .invalidTransferEncoding),
        .no("6.1", post("Transfer-Encoding:", content: "0\r\n\r\n"), .invalidTransferEncoding),
        .no("6.1", post("Transfer-Encoding: ,chunked", content: "0\r\n\r\n"), .invalidTransferEncoding),
        .no("6.1", post("Transfer-Encoding: chunked,", content: "0\r\n\r\n"), .invalidTransferEncoding),
        .no("6.1", post("Transfer-Encoding: \"chunked\"", content: "0\r\n\r\n"), .invalidTransferEncoding),
        .no("6.1", post("Transfer-Encoding: chunked chunked"), .invalidTransferEncoding),
        .no("6.1", post("Transfer-Encoding: gzip, chunked", content: "0\r\n\r\n"), .unsupportedTransferEncoding),
        .no("6.1", post("Transfer-Encoding: gzip", "Transfer-Encoding: chunked"), .unsupportedTransferEncoding),
        .no("6.1", post("Transfer-Encoding: identity", content: "abc"), .unsupportedTransferEncoding),
        .no("6.1", post("Transfer-Encoding: xchunked", content: "0\r\n\r\n"), .unsupportedTransferEncoding),
        .no("6.1", post("Transfer-Encoding: chunke", content: "0\r\n\r\n"), .unsupportedTransferEncoding),
        .no("5.1", post("Transfer-Encoding : chunked", content: "0\r\n\r\n"), .invalidFieldName),
        .no("5.2", post("Transfer-Encoding:", " chunked", content: "0\r\n\r\n"), .foldedField),
        .no("9110 5.5", post("Transfer-Encoding: \u{B}chunked", content: "0\r\n\r\n"), .invalidFieldValue),
    ]

    static let chunked: [FramingCase] = [
        .ok("7.1", chunks("3\r\nabc\r\n0\r\n\r\n"), "POST / <abc>"),
        .ok("7.1", chunks("3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"), "POST / <abcde>"),
        .ok("7.1", chunks("a\r\n0123456789\r\n0\r\n\r\n"), "POST / <0123456789>"),
        .ok("7.1", chunks("A\r\n0123456789\r\n0\r\n\r\n"), "POST / <0123456789>"),
        .ok("7.1", chunks("0003\r\nabc\r\n000\r\n\r\n"), "POST / <abc>"),
        .ok("7.1", chunks("2\r\n\r\n\r\n0\r\n\r\n"), "POST / <\r\n>"),
        .ok("7.1.1", chunks("3;a=b\r\nabc\r\n0;c\r\n\r\n"), "POST / <abc>"),
        .ok("7.1.1", chunks("3 ;a=\"b\"\r\nabc\r\n0\r\n\r\n"), "POST / <abc>"),
        .ok("7.1.2", chunks("3\r\nabc\r\n0\r\nA: b\r\nC: d\r\n\r\n"), "POST / <abc>"),
        .ok("7.1.2", chunks("0\r\nContent-Length: 5\r\nHost: b\r\n\r\n"), "POST /"),
        .no("7.1", chunks("\r\nabc\r\n0\r\n\r\n"), .invalidChunk),
        .no("7.1", chunks(" 3\r\nabc\r\n0\r\n\r\n"), .invalidChunk),
        .no("7.1", chunks("3 \r\nabc\r\n0\r\n\r\n"), .invalidChunk),
        .no("7.1", chunks("+3\r\nabc\r\n0\r\n\r\n"), .invalidChunk),
        .no("7.1", chunks("-3\r\nabc\r\n0\r\n\r\n"), .invalidChunk),
        .no("7.1", chunks("0x3\r\nabc\r\n0\r\n\r\n"), .invalidChunk),
        .no("7.1", chunks("g\r\nabc\r\n0\r\n\r\n"), .invalidChunk),
        .no("7.1", chunks("3g\r\nabc\r\n0\r\n\r\n"), .invalidChunk),
        .no("7.1", chunks("3_0\r\nabc\r\n0\r\n\r\n"), .invalidChunk),
        .no("7.1", chunks("3\nabc\r\n0\r\n\r\n"), .invalidLineEnd),
        .no("7.1", chunks("3\r\nabc\n0\r\n\r\n"), .invalidChunk),
        .no("7.1", chunks("3\r\nabc\rX"), .invalidChunk),
        .no("7.1", chunks("3\r\nabcd\r\n0\r\n\r\n"), .invalidChunk),
        .no("7.1", chunks("2\r\nabc\r\n0\r\n\r\n"), .invalidChunk),
        .no("7.1", chunks("5\r\nabc\r\n0\r\n\r\n"), .invalidChunk),
        .no("7.1", chunks("ffffffffffffffff\r\nabc"), .invalidChunk),
        .no("7.1", chunks("10000000000000003\r\nabc"), .invalidChunk),
        .no("7.1", chunks("fffffffffffffff\r\nabc"), .contentTooLarge),
        .no("9110 15.5.14", chunks("800001\r\nabc"), .contentTooLarge),
        .no("7.1.1", chunks("3;a=" + String(repeating: "b", count: 300) + "\r\nabc\r\n"), .invalidChunk),
        .no("7.1.1", chunks("3;a=\0\r\nabc\r\n0\r\n\r\n"), .invalidChunk),
        .no("7.1.1", chunks("3;a\rb\r\nabc\r\n0\r\n\r\n"), .invalidChunk),
        .no(
            "7.1.1",
            chunks(String(repeating: "1;" + String(repeating: "b", count: 200) + "\r\na\r\n", count: 30)),
            .invalidChunk
        ),
        .no("7.1.2", chunks("0\r\nA : b\r\n\r\n"), .invalidFieldName),
        .no("7.1.2", chunks("0\r\nA: b\r\n c\r\n\r\n"), .foldedField),
        .no("7.1.2", chunks("0\r\nA: b\0\r\n\r\n"), .invalidFieldValue),
        .no("7.1.2", chunks("0\r\nA: b\n\r\n"), .invalidLineEnd),
        .no("7.1.2", chunks("0\r\n" + String(repeating: "A: b\r\n", count: 33) + "\r\n"), .trailersTooLarge),
        .no("7.1.2", chunks("0\r\nA: " + String(repeating: "b", count: 5000)), .trailersTooLarge),
    ]

    static let sequences: [FramingCase] = [
        .ok("9.3.2", fields() + fields("A: b"), "GET /", "GET / A=b"),
        .ok("9.3.2", post("Content-Length: 2", content: "ab") + fields(), "POST / <ab>", "GET /"),
        .ok("9.3.2", post("Content-Length: 2", content: "ab\r\n") + fields(), "POST / <ab>", "GET /"),
        .ok("9.3.2", chunks("1\r\nx\r\n0\r\n\r\n") + fields(), "POST / <x>", "GET /"),
        .ok("9.3.2", chunks("0\r\n\r\n") + chunks("1\r\ny\r\n0\r\n\r\n"), "POST /", "POST / <y>"),
        .ok("8", "GET / HTTP/1.1\r\nHost: a\r\n"),
        .ok("8", post("Content-Length: 5", content: "ab")),
        .ok("8", chunks("5\r\nab")),
        // Smuggling: the second request must never appear when the first is refused.
        .no("11.2", post("Content-Length: 0", "Transfer-Encoding: chunked") + fields(), .conflictingFraming),
        .no("11.2", post("Content-Length: 5", "Content-Length: 0") + fields(), .invalidContentLength),
        .no("11.2", post("Transfer-Encoding: \u{7F}chunked") + fields(), .invalidFieldValue),
    ]

    static let expectations: [FramingCase] = [
        .ok(
            "9110 10.1.1",
            post("Expect: 100-continue", "Content-Length: 2", content: "ab"),
            "POST / Expect=100-continue <ab>"
        ),
        .ok("9110 10.1.1", post("Expect: 100-Continue"), "POST / Expect=100-Continue"),
        .ok("9110 10.1.1", "POST / HTTP/1.0\r\nExpect: x\r\n\r\n", "POST / 1.0 Expect=x"),
        .no("9110 10.1.1", post("Expect: 200-ok"), .unsupportedExpectation),
        .no("9110 10.1.1", post("Expect: 100-continue", "Expect: x"), .unsupportedExpectation),
    ]
}
