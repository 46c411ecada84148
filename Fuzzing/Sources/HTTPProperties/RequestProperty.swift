public import HTTPCore

/// What holds for the request decoder whatever a client sends.
public enum RequestProperty {
    /// Limits that short inputs reach, so that the code behind them is tried too.
    public static let tightLimits: HTTPLimits = {
        var limits = HTTPLimits()
        limits.methodBytesMax = 8
        limits.targetBytesMax = 40
        limits.headerBytesMax = 160
        limits.headerCountMax = 6
        limits.bodyBytesMax = 64
        limits.chunkLineBytesMax = 24
        limits.chunkExtensionBytesMax = 32
        limits.trailerBytesMax = 40
        limits.trailerCountMax = 3
        return limits
    }()

    /// Reads an input in every way and compares.
    ///
    /// - Parameter input: Everything that arrives on a connection.
    /// - Returns: What is wrong; `nil` when all properties hold.
    public static func violation(in input: [UInt8]) -> String? {
        violation(in: input, limits: HTTPLimits()) ?? violation(in: input, limits: tightLimits).map { "tight: \($0)" }
    }

    private static func violation(in input: [UInt8], limits: HTTPLimits) -> String? {
        let whole = RequestReading(input, limits: limits)
        var random = SeededGenerator(seed: input.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 })
        let cuts = (0..<4).map { _ in Int.random(in: 0...input.count, using: &random) }.sorted()
        guard RequestReading(input, cuts: cuts, limits: limits) == whole else { return "another reading for \(cuts)" }
        for bytesMax in [1, 1 << 20] {
            let joined = RequestReading(input, cuts: cuts, limits: limits, joinedBytesMax: bytesMax)
            guard joined == whole else { return "another reading when chunks are joined to \(bytesMax): \(joined)" }
        }
        if input.count <= 512 {
            guard RequestReading(input, cuts: input.indices, limits: limits) == whole else { return "another bytewise" }
        }
        return bound(whole, limits) ?? disagreement(whole, input) ?? changeByEncoding(whole)
    }

    /// Fields that would change how a message is read or who sent it, if a trailer section could have them.
    private static let head: Set<String> = [
        "content-length", "transfer-encoding", "host", "connection", "authorization", "cookie", "x-forwarded-for",
    ]

    /// A connection never has to keep more than the longest line that may still become valid.
    private static func bound(_ reading: RequestReading, _ limits: HTTPLimits) -> String? {
        let lineMax = max(limits.methodBytesMax + limits.targetBytesMax + 11, limits.headerBytesMax + 1)
        let keptMax = max(lineMax, limits.trailerBytesMax + 1, limits.chunkLineBytesMax + 1)
        guard reading.keptBytesMax <= keptMax else { return "kept \(reading.keptBytesMax) bytes" }
        for request in reading.requests {
            guard Int64(request.content.count) <= limits.bodyBytesMax,
                request.head.headers.count <= limits.headerCountMax
            else { return "more than the limits" }
            guard request.trailers.count <= limits.trailerCountMax,
                request.trailers.isEmpty || request.framing == .chunked,
                !request.trailers.contains(where: { head.contains($0.name.lowercased()) })
            else { return "trailers \(request.trailers)" }
        }
        return nil
    }

    /// What was accepted is what anybody else would have read.
    private static func disagreement(_ reading: RequestReading, _ input: [UInt8]) -> String? {
        let naive = NaiveReader(input)
        var start = 0
        for request in reading.requests {
            // An incomplete one is the last.
            guard let end = request.end else { return nil }
            let found = naive.request(at: start)
            let expected = NaiveReader.Found(
                method: request.head.method.rawValue,
                target: request.head.target.raw,
                fieldCount: request.head.headers.count,
                content: request.content,
                end: end
            )
            guard found == expected else { return "read as \(expected), naively as \(String(describing: found))" }
            start = end
        }
        return nil
    }

    /// A head that is written again and read again is the same.
    private static func changeByEncoding(_ reading: RequestReading) -> String? {
        for request in reading.requests {
            let head = request.head
            var text = "\(head.method) \(head.target.raw) \(head.version)\r\n"
            for field in head.headers { text += "\(field.name): \(field.value)\r\n" }
            var limits = HTTPLimits()
            // Bytes that are not UTF-8 are written as two.
            limits.headerBytesMax *= 4
            let again = RequestReading(Array((text + "\r\n").utf8), limits: limits)
            guard again.error == nil, again.requests.count == 1, again.requests[0].head == head,
                again.requests[0].framing == request.framing
            else { return "written again it is read as \(again)" }
        }
        return nil
    }
}
