/// Cuts a stream of bytes into lines for a log, and never holds more than one bounded line.
struct LineSplitter: Sendable {
    private let charactersMax: Int
    private var pending: [UInt8] = []
    private var isOverlong = false

    init(charactersMax: Int) {
        self.charactersMax = charactersMax
    }

    /// Takes bytes and answers the lines that they complete, without line ends; empty lines are left out.
    mutating func lines(adding bytes: [UInt8]) -> [String] {
        var lines: [String] = []
        for byte in bytes {
            if byte == UInt8(ascii: "\n") {
                if let line = finish() { lines.append(line) }
            } else if pending.count < charactersMax {
                pending.append(byte)
            } else {
                isOverlong = true
            }
        }
        return lines
    }

    /// The last line, when the stream ends without a line end.
    mutating func finish() -> String? {
        defer {
            pending.removeAll(keepingCapacity: true)
            isOverlong = false
        }
        if pending.last == UInt8(ascii: "\r") { pending.removeLast() }
        guard !pending.isEmpty else { return nil }
        return String(decoding: pending, as: UTF8.self) + (isOverlong ? " …" : "")
    }
}

/// Captured output with a bound: the beginning of standard output, or the end of standard error.
struct BoundedOutput: Sendable {
    /// Which part is worth keeping when there is too much.
    enum Keep: Sendable {
        case beginning, end
    }

    private let bytesMax: Int
    private let keep: Keep
    private(set) var bytes: [UInt8] = []
    private(set) var isTruncated = false

    init(bytesMax: Int, keep: Keep) {
        self.bytesMax = bytesMax
        self.keep = keep
    }

    mutating func append(_ more: [UInt8]) {
        switch keep {
        case .beginning:
            let room = bytesMax - bytes.count
            bytes += more.prefix(room)
            if more.count > room { isTruncated = true }
        case .end:
            bytes += more
            // Twice the bound before cutting, so that a long stream is not moved for every buffer.
            if bytes.count > 2 * bytesMax {
                bytes.removeFirst(bytes.count - bytesMax)
                isTruncated = true
            }
        }
    }

    /// The bytes as text; broken UTF-8 (at a cut, say) becomes replacement characters.
    var text: String {
        String(decoding: keep == .end ? bytes.suffix(bytesMax) : bytes[...], as: UTF8.self)
    }
}
