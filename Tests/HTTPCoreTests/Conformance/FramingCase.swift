import HTTPCore

/// One input of a connection and the only reading that it may have.
///
/// The table is shared: HTTPCoreTests feeds it to the decoder in every cut, HTTPServerTests sends it to a server.
struct FramingCase: Sendable, CustomStringConvertible {
    /// Section of RFC 9112, or the number of another RFC and a section of that one.
    var section: String
    /// Everything that the client sends.
    var input: [UInt8]
    /// The requests that are served: method, target, fields other than those of the framing, content.
    var requests: [String]
    /// What ends the connection behind them; `nil` when it stays open for more.
    var error: HTTPParseError?

    var description: String {
        "RFC \(reference): \(String(decoding: input.prefix(90), as: UTF8.self).debugDescription)"
    }

    /// Number and section of the RFC.
    var reference: String { section.contains(#/^\d{4} /#) ? section : "9112 " + section }

    /// A case that is read as these requests.
    static func ok(_ section: String, _ input: String, _ requests: String...) -> FramingCase {
        FramingCase(section: section, input: Array(input.utf8), requests: requests)
    }

    /// A case that is refused, after these requests.
    static func no(
        _ section: String,
        _ input: String,
        _ error: HTTPParseError,
        after requests: String...
    ) -> FramingCase {
        FramingCase(section: section, input: Array(input.utf8), requests: requests, error: error)
    }

    /// The same case with each `¤` replaced by a byte, for what is not UTF-8.
    func with(byte: UInt8) -> FramingCase {
        var example = self
        var bytes = input[...]
        example.input = []
        let mark = Array("¤".utf8)
        while !bytes.isEmpty {
            let isMark = bytes.starts(with: mark)
            example.input.append(isMark ? byte : bytes[bytes.startIndex])
            bytes.removeFirst(isMark ? mark.count : 1)
        }
        return example
    }

    /// A GET with these field lines; `Host` comes first.
    static func fields(_ lines: String...) -> String {
        "GET / HTTP/1.1\r\nHost: a\r\n" + lines.map { $0 + "\r\n" }.joined() + "\r\n"
    }

    /// A POST with these field lines; `Host` comes first.
    static func post(_ lines: String..., content: String = "") -> String {
        "POST / HTTP/1.1\r\nHost: a\r\n" + lines.map { $0 + "\r\n" }.joined() + "\r\n" + content
    }

    /// A POST of chunked content.
    static func chunks(_ content: String) -> String {
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + content
    }

    /// A GET of this target.
    static func target(_ target: String) -> String {
        "GET \(target) HTTP/1.1\r\nHost: a\r\n\r\n"
    }

    /// A GET for this host.
    static func host(_ host: String) -> String {
        "GET / HTTP/1.1\r\nHost:\(host)\r\n\r\n"
    }

    /// A GET with this version.
    static func version(_ version: String) -> String {
        "GET / \(version)\r\nHost: a\r\n\r\n"
    }
}

extension FramingCase {
    /// The table, the way a request is read: request line, target, fields, framing, content, what follows.
    static let groups: KeyValuePairs<String, [FramingCase]> = [
        "request lines": requestLines, "versions": versions, "methods": methods,
        "targets": targets, "absolute targets": absoluteTargets,
        "field lines": fieldLines, "hosts": hosts,
        "lengths": lengths, "codings": codings, "expectations": expectations,
        "chunk sizes": chunkSizes, "chunk data": chunkData, "trailers": trailers,
        "sequences": sequences, "smuggling": smuggling,
    ]

    /// Every case.
    static let all: [FramingCase] = groups.flatMap(\.value)

    /// A request as the table writes it: method, target, 1.0, fields other than those of the framing, content.
    static func summary(_ head: HTTPRequestHead, _ content: [UInt8]) -> String {
        var parts = ["\(head.method) \(head.target.raw)"]
        if head.version == .http10 { parts.append("1.0") }
        for field in head.headers
        where !["host", "content-length", "transfer-encoding"].contains(field.name.lowercased()) {
            parts.append("\(field.name)=\(field.value)")
        }
        if !content.isEmpty { parts.append("<" + String(decoding: content, as: UTF8.self) + ">") }
        return parts.joined(separator: " ")
    }
}
