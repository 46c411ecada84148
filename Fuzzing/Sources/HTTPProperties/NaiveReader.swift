/// A second, independent reading of requests: slow, without limits and without any code of HTTPCore.
///
/// It knows just enough of RFC 9112 to find where a request ends, by searching and splitting whole texts. What the
/// decoder accepts has to end at the same place with the same content here; everything else may fail.
struct NaiveReader {
    private let bytes: [UInt8]

    /// What was read of one request.
    struct Found: Equatable {
        var method: String
        var target: String
        var fieldCount: Int
        var content: [UInt8]
        var end: Int
    }

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    /// Reads the request at a position; `nil` when there is none that is complete and beyond doubt.
    func request(at start: Int) -> Found? {
        var start = start
        while bytes[start...].starts(with: [13, 10]) { start += 2 }
        guard let headEnd = position(of: [13, 10, 13, 10], from: start) else { return nil }
        var lines = split(bytes[start..<headEnd])
        // A byte below 0x20 other than a tab would be a line end or a string end to somebody.
        guard lines.allSatisfy({ line in line.allSatisfy { $0 >= 32 || $0 == 9 } }) else { return nil }
        let parts = lines.removeFirst().split(separator: 32, omittingEmptySubsequences: false)
        guard parts.count == 3, parts[2].count == 8, parts[2].starts(with: Array("HTTP/1.".utf8)) else { return nil }
        var fields: [(name: String, value: ArraySlice<UInt8>)] = []
        for line in lines {
            guard let colon = line.firstIndex(of: 58), !line[..<colon].contains(where: { $0 <= 32 }) else { return nil }
            fields.append((lowercased(line[..<colon]), trimmed(line[(colon + 1)...])))
        }
        let hosts = fields.filter { $0.name == "host" }
        guard hosts.count == 1 || hosts.isEmpty && parts[2].last == 48 else { return nil }
        guard let (content, end) = content(fields, from: headEnd + 4, isVersion10: parts[2].last == 48) else {
            return nil
        }
        return Found(
            method: String(decoding: parts[0], as: UTF8.self),
            target: String(decoding: parts[1], as: UTF8.self),
            fieldCount: fields.count,
            content: content,
            end: end
        )
    }

    private func content(
        _ fields: [(name: String, value: ArraySlice<UInt8>)],
        from start: Int,
        isVersion10: Bool
    ) -> (content: [UInt8], end: Int)? {
        let lengths = fields.filter { $0.name == "content-length" }.map(\.value)
        let codings = fields.filter { $0.name == "transfer-encoding" }.map { lowercased($0.value) }
        if !codings.isEmpty {
            guard codings == ["chunked"], lengths.isEmpty, !isVersion10 else { return nil }
            return chunks(from: start)
        }
        guard let length = lengths.first else { return ([], start) }
        guard lengths.count == 1, let count = number(length, base: 10), count <= bytes.count - start else { return nil }
        return (Array(bytes[start..<(start + count)]), start + count)
    }

    private func chunks(from start: Int) -> (content: [UInt8], end: Int)? {
        var content: [UInt8] = []
        var position = start
        while true {
            guard let lineEnd = self.position(of: [13, 10], from: position) else { return nil }
            let digits = bytes[position..<lineEnd].prefix { $0 != 59 && $0 != 32 && $0 != 9 }
            guard let size = number(digits, base: 16), size <= bytes.count - lineEnd - 2 else { return nil }
            position = lineEnd + 2
            if size == 0 { break }
            content += bytes[position..<(position + size)]
            position += size
            guard bytes[position...].starts(with: [13, 10]) else { return nil }
            position += 2
        }
        while let lineEnd = self.position(of: [13, 10], from: position) {
            if lineEnd == position { return (content, position + 2) }
            guard bytes[position..<lineEnd].contains(58) else { return nil }
            position = lineEnd + 2
        }
        return nil
    }

    private func number(_ text: ArraySlice<UInt8>, base: Int) -> Int? {
        let digits = Array("0123456789abcdef".utf8).prefix(base)
        guard !text.isEmpty, text.allSatisfy({ digits.contains($0 | ($0 > 57 ? 32 : 0)) }) else { return nil }
        return Int(String(decoding: text, as: UTF8.self), radix: base)
    }

    private func position(of pattern: [UInt8], from start: Int) -> Int? {
        guard start + pattern.count <= bytes.count else { return nil }
        return (start...(bytes.count - pattern.count)).first { bytes[$0...].starts(with: pattern) }
    }

    private func split(_ text: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
        var lines: [ArraySlice<UInt8>] = []
        var start = text.startIndex
        for index in text.indices.dropLast() where text[index] == 13 && text[index + 1] == 10 {
            lines.append(text[start..<index])
            start = index + 2
        }
        return lines + [text[start...]]
    }

    private func lowercased(_ text: ArraySlice<UInt8>) -> String {
        String(decoding: text.map { $0 >= 65 && $0 <= 90 ? $0 + 32 : $0 }, as: UTF8.self)
    }

    private func trimmed(_ text: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        var text = text
        while let first = text.first, first == 32 || first == 9 { text.removeFirst() }
        while let last = text.last, last == 32 || last == 9 { text.removeLast() }
        return text
    }
}
