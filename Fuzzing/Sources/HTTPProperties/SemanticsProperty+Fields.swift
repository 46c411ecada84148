import HTTPCore

extension SemanticsProperty {
    static func range(_ text: String) -> String? {
        for length: Int64 in [0, 1, 10, 1 << 40] {
            let ranges: [Range<Int64>]
            switch ByteRange(text, length: length) {
            case .part(let range): ranges = [range]
            case .parts(let parts): ranges = parts
            case .whole, .unsatisfiable: continue
            }
            guard (1...HTTPLimits.rangesMax).contains(ranges.count),
                ranges.allSatisfy({ !$0.isEmpty && $0.lowerBound >= 0 && $0.upperBound <= length }),
                Set(ranges.flatMap { [$0.lowerBound, $0.upperBound] }).count == 2 * ranges.count,
                ranges.reduce(0, { $0 + Int64($1.count) }) <= length
            else { return "\(ranges) of \(length)" }
            let list = ranges.map { "\($0.lowerBound)-\($0.upperBound - 1)" }.joined(separator: ",")
            let again = ByteRange("bytes=" + list, length: length)
            guard again == (ranges.count == 1 ? .part(ranges[0]) : .parts(ranges)) else { return "\(list) is \(again)" }
        }
        return nil
    }

    static func coding(_ text: String) -> String? {
        let accepted = AcceptEncoding(text)
        let weights = ContentCoding.allCases.map(accepted.weight)
        guard weights.allSatisfy((0...1000).contains) else { return "weights \(weights)" }
        let best = accepted.best(of: [.brotli, .gzip])
        guard best == .identity || accepted.weight(of: best) > 0 else { return "\(best) was refused" }
        let tag = EntityTag(text)
        guard tag.coded(.gzip) != tag, tag.coded(.gzip).uncoded == tag else { return "\(tag) does not survive gzip" }
        return nil
    }

    /// `traceparent` and `tracestate` separated by a line feed.
    static func trace(_ text: String) -> String? {
        let lines = text.split(separator: "\n", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard let context = TraceContext(parsing: lines[0], tracestate: lines.count > 1 ? lines[1] : nil) else {
            return nil
        }
        guard context.traceparent.utf8.count == 55, context.spanID != 0 else { return "\(context.traceparent)" }
        guard context.state.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F || $0 == 9 }) else { return context.state }
        let again = TraceContext(parsing: context.traceparent, tracestate: context.state)
        return again == context ? nil : "\(context) is read as \(String(describing: again))"
    }

    static func accept(_ text: String) -> String? {
        let header = AcceptHeader(text)
        guard header.ranges.count <= HTTPLimits.listMembersMax else { return "\(header.ranges.count) ranges" }
        let offers = [MediaType.html, .json, .plainText]
        let weights = offers.map(header.weight)
        guard weights.allSatisfy((0...1000).contains) else { return "weights \(weights)" }
        let best = header.best(of: offers)
        guard let best else { return weights.allSatisfy { $0 == 0 } ? nil : "406 with \(weights)" }
        return header.weight(of: best) == weights.max() ? nil : "\(best) with \(weights)"
    }

    static func language(_ text: String) -> String? {
        let ranges = LanguageRange.parse(text)
        guard ranges.count <= HTTPLimits.listMembersMax else { return "\(ranges.count) ranges" }
        for (first, second) in zip(ranges, ranges.dropFirst()) where first.weight < second.weight { return "unsorted" }
        let offers = ["en", "zh-Hans", "de"]
        guard let best = LanguageRange.best(of: offers, for: text) else { return nil }
        return offers.contains(best) ? nil : "\(best) was not offered"
    }

    static func mediaType(_ text: String) -> String? {
        guard let type = MediaType(parsing: text) else { return nil }
        return MediaType(parsing: type.description) == type ? nil : "\(type) is not read as itself"
    }

    static func cookies(_ text: String) -> String? {
        let value = Cookies(["Cookie": text])["a"]
        return value?.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && $0 != 0x3B } ?? true
            ? nil : "a cookie of \(value ?? "")"
    }

    static func setCookie(_ text: String) -> String? {
        let line = SetCookie(name: "a", value: text).headerValue
        let pair = String(line.prefix { $0 != ";" })
        guard let value = Cookies(["Cookie": pair])["a"] else { return "\(pair) is no cookie" }
        return value == text || PercentCoding.decoded(value) == text ? nil : "\(pair) for \(text)"
    }

    static func entityTag(_ text: String) -> String? {
        let made = EntityTag(text)
        guard EntityTag(parsing: made.description) == made else { return "\(made) is not read as itself" }
        guard EntityTagList(made.description)?.matchesWeakly(made) == true else { return "\(made) is not in its list" }
        if case .tags(let tags) = EntityTagList(text), tags.count > HTTPLimits.listMembersMax { return "too many" }
        guard let tag = EntityTag(parsing: text) else { return nil }
        return tag.description == text ? nil : "\(tag) is another spelling"
    }

    static func date(_ text: String) -> String? {
        guard let date = HTTPDate(parsing: text) else { return nil }
        guard date.description.utf8.count == 29 else { return "\(date) is too long" }
        return HTTPDate(parsing: date.description) == date ? nil : "\(date) is not read as itself"
    }

    /// Fields separated by line feeds; the order of RFC 9110 section 13.2.2 leaves few outcomes.
    static func conditions(_ text: String) -> String? {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        var headers = HTTPHeaders()
        for (name, value) in zip(
            ["If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since", "If-Range"],
            lines
        )
        where !value.isEmpty {
            headers.add(name, String(value))
        }
        let tag = EntityTag("v1")
        let modified = HTTPDate(epochSeconds: 784_111_777)
        let read = HTTPRequestHead(method: .get, target: .root, headers: headers)
        let write = HTTPRequestHead(method: .put, target: .root, headers: headers)
        let outcomes = (
            Preconditions.evaluate(read, tag: tag, modified: modified),
            Preconditions.evaluate(write, tag: tag, modified: modified)
        )
        guard outcomes.1 != .notModified else { return "304 to PUT" }
        guard outcomes.0 != .failed || outcomes.1 == .failed else { return "412 to GET and not to PUT" }
        if outcomes.0 == .notModified, headers["If-None-Match"] == nil, headers["If-Modified-Since"] == nil {
            return "304 without a condition"
        }
        return Preconditions.isRangeAllowed(write, tag, modified) ? "a range of PUT" : nil
    }

    /// A name and a value in one text: whatever a handler sets, a response has the lines that the server wrote.
    static func responseField(_ text: String) -> String? {
        let half = text.index(text.startIndex, offsetBy: text.count / 2)
        let headers: HTTPHeaders = [String(text[..<half]): String(text[half...]), "A": text]
        let options = ResponseEncoder.Options(
            framing: .length(0),
            connection: .close,
            commonLines: Array("Date: now\r\n".utf8)
        )
        var bytes: [UInt8] = []
        ResponseEncoder.appendHead(.ok, headers, options, to: &bytes)
        let lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
        guard lines.dropLast().allSatisfy({ $0.last == 13 && !$0.dropLast().contains { $0 < 0x20 && $0 != 9 } }) else {
            return "a control character in the head"
        }
        // Status, date, length, connection and at most the two fields, then the empty line.
        guard (6...7).contains(lines.count - 1), lines[lines.count - 2].elementsEqual([13]), lines.last?.isEmpty == true
        else { return "\(lines.count) lines" }
        return nil
    }
}
