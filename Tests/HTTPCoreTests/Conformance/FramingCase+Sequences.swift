import HTTPCore

extension FramingCase {
    private static let smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"

    static let sequences: [FramingCase] = [
        .ok("9.3.2", fields() + fields("A: b"), "GET /", "GET / A=b"),
        .ok("9.3.2", post("Content-Length: 2", content: "ab") + fields(), "POST / <ab>", "GET /"),
        .ok("2.2", post("Content-Length: 2", content: "ab\r\n") + fields(), "POST / <ab>", "GET /"),
        .ok("2.2", fields() + "\r\n\r\n" + fields(), "GET /", "GET /"),
        .ok("9.3.2", chunks("1\r\nx\r\n0\r\n\r\n") + fields(), "POST / <x>", "GET /"),
        .ok("9.3.2", chunks("0\r\n\r\n") + chunks("1\r\ny\r\n0\r\n\r\n"), "POST /", "POST / <y>"),
        .ok("8", ""),
        .ok("8", "\r\n"),
        .ok("8", "GET"),
        .ok("8", "GET / HTTP/1.1\r\nHost: a\r\n"),
        .ok("8", "GET / HTTP/1.1\r\nHost: a\r\n\r"),
        .ok("8", post("Content-Length: 5", content: "ab")),
        .ok("8", post("Content-Length: 8388608", content: "ab")),
        .ok("8", chunks("5\r\nab")),
        .ok("8", chunks("5\r\nabcde\r")),
        .ok("8", chunks("0")),
        .ok("8", chunks("0\r\n")),
        .ok("8", chunks("0\r\n\r")),
        .ok("8", chunks("0\r\nA: b\r\n")),
        .no("9.3.2", fields() + "\r\n\r\n\r\n" + fields(), .tooManyEmptyLines, after: "GET /"),
        .no("9.3.2", fields() + "GET / HTTP/1.1\r\n\r\n" + smuggled, .invalidHost, after: "GET /"),
        .no("9.3.2", fields() + post("Content-Length: a") + smuggled, .invalidContentLength, after: "GET /"),
        .no("9.3.2", chunks("1\r\nx\r\n0\r\n\r\n") + "\u{16}\u{3}\u{1}\r\n", .invalidRequestLine, after: "POST / <x>"),
    ]

    /// Pairs in which one reading has a second request, or another one, and the other has not.
    static let smuggling: [FramingCase] = [
        // Content-Length of the front against the chunks of the back, and the other way round.
        .no(
            "11.2",
            post("Content-Length: 44", "Transfer-Encoding: chunked", content: "0\r\n\r\n") + smuggled,
            .conflictingFraming
        ),
        .no(
            "11.2",
            post("Content-Length: 4", "Transfer-Encoding: chunked", content: "23\r\n") + smuggled,
            .conflictingFraming
        ),
        .no("11.2", post("Content-Length: 0", "Transfer-Encoding: chunked") + smuggled, .conflictingFraming),
        .no(
            "11.2",
            post("Content-Length: 4", "Transfer-Encoding: xchunked", content: "0\r\n\r\n"),
            .conflictingFraming
        ),
        // A coding that one side does not recognize.
        .no(
            "11.2",
            post("Transfer-Encoding: chunked", "Transfer-Encoding: x") + smuggled,
            .unsupportedTransferEncoding
        ),
        .no("11.2", post("Transfer-Encoding: \u{7F}chunked") + smuggled, .invalidFieldValue),
        .no(
            "11.2",
            post("Content-Length: 5", "Transfer-Encoding : chunked", content: "0\r\n\r\n") + smuggled,
            .invalidFieldName
        ),
        .no(
            "11.2",
            post("Content-Length: 5", "A: b\nTransfer-Encoding: chunked", content: "0\r\n\r\n"),
            .invalidLineEnd
        ),
        .no(
            "11.2",
            post("Content-Length: 5", "A: b\0Transfer-Encoding: chunked", content: "0\r\n\r\n"),
            .invalidFieldValue
        ),
        .no("11.2", post("Content-Length: 5", "A:", " Transfer-Encoding: chunked", content: "0\r\n\r\n"), .foldedField),
        // Two lengths.
        .no("11.2", post("Content-Length: 5", "Content-Length: 0") + smuggled, .invalidContentLength),
        .no("11.2", post("Content-Length: 0", "Content-Length: 35") + smuggled, .invalidContentLength),
        .no("11.2", post("Content-Length: 0", "Content-Length : 35") + smuggled, .invalidFieldName),
        .no("11.2", post("Content-Length: 0, 35") + smuggled, .invalidContentLength),
        // Content of a method that some take for one without content: it is content, whatever it looks like.
        .ok("11.2", fields("Content-Length: 35") + smuggled, "GET / <\(smuggled)>"),
        .ok(
            "11.2",
            "OPTIONS / HTTP/1.1\r\nHost: a\r\nContent-Length: 35\r\n\r\n" + smuggled,
            "OPTIONS / <\(smuggled)>"
        ),
        .ok("11.2", "GET / HTTP/1.0\r\nContent-Length: 35\r\n\r\n" + smuggled, "GET / 1.0 <\(smuggled)>"),
        .ok("11.2", chunks("23\r\n\(smuggled)\r\n0\r\n\r\n"), "POST / <\(smuggled)>"),
        .ok(
            "11.2",
            fields("Connection: Content-Length", "Content-Length: 35") + smuggled,
            "GET / Connection=Content-Length <\(smuggled)>"
        ),
        .ok("11.2", fields("Upgrade: h2c", "Content-Length: 35") + smuggled, "GET / Upgrade=h2c <\(smuggled)>"),
        .ok(
            "11.2",
            post("Expect: 100-continue", "Content-Length: 35") + smuggled,
            "POST / Expect=100-continue <\(smuggled)>"
        ),
        // Chunks whose line ends some take for others.
        .no("11.2", chunks("2;\nxx\r\n23\r\n\(smuggled)\r\n0\r\n\r\n"), .invalidLineEnd),
        .no("11.2", chunks("2;a\rxx\r\n0\r\n\r\n") + smuggled, .invalidChunk),
        .no("11.2", chunks("2\r\nxx\n23\r\n\(smuggled)\r\n0\r\n\r\n"), .invalidChunk),
        .no("11.2", chunks("5\r\nabcdeXY23\r\n\(smuggled)\r\n0\r\n\r\n"), .invalidChunk),
        .no("11.2", chunks("10000000000000000\r\n\r\n") + smuggled, .invalidChunk),
        .no("11.2", chunks("0\r\nA: b\n\r\n") + smuggled, .invalidLineEnd),
        .no("11.2", chunks("0\n\n") + smuggled, .invalidLineEnd),
        // Heads that end for one side and go on for the other.
        .no("11.2", "GET / HTTP/1.1\r\nHost: a\r\nA: b\n\n" + smuggled, .invalidLineEnd),
        .no("11.2", "GET / HTTP/1.1\r\nHost: a\r\nA: b\r\r" + smuggled, .invalidFieldValue),
        .no("11.2", "GET / HTTP/1.1\r\nHost: a\r\n \r\n" + smuggled, .foldedField),
        .no("11.1", "GET /%0d%0aHost:%20b HTTP/1.1\r\nHost: a\r\n\r\n", .invalidTarget),
        .no("11.1", "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + smuggled, .invalidHost),
    ]
}
