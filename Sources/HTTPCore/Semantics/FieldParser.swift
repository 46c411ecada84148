/// A cursor over a field value, with the pieces that many fields share (RFC 9110 section 5.6).
struct FieldParser {
    private let bytes: [UInt8]
    private var position = 0

    /// A cursor at the start of a value.
    init(_ value: some StringProtocol) {
        bytes = Array(value.utf8)
    }

    /// Whether everything has been read.
    var isAtEnd: Bool { position >= bytes.count }

    /// The next byte, without taking it.
    var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    /// Passes over spaces and tabs.
    mutating func skipWhiteSpace() {
        while let byte = next, byte == ASCII.space || byte == ASCII.tab { position += 1 }
    }

    /// Takes one byte if it is this one.
    mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    /// Takes the longest run of members of a set; `nil` when there is none.
    mutating func take(_ set: ByteSet) -> String? {
        let start = position
        while let byte = next, set.contains(byte) { position += 1 }
        return start < position ? String(decoding: bytes[start..<position], as: UTF8.self) : nil
    }

    /// Takes the longest run of bytes that satisfy a condition; may be empty.
    mutating func take(while condition: (UInt8) -> Bool) -> String {
        let start = position
        while let byte = next, condition(byte) { position += 1 }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// Takes a token.
    mutating func token() -> String? {
        take(ByteSet.token)
    }

    /// Takes a quoted string and returns its content without quotes and escapes; `nil`, with the cursor anywhere, when
    /// it is not one.
    mutating func quotedString() -> String? {
        guard take(ASCII.quote) else { return nil }
        var content: [UInt8] = []
        while let byte = next {
            position += 1
            switch byte {
            case ASCII.quote:
                return String(decoding: content, as: UTF8.self)
            case ASCII.backslash:
                guard let escaped = next, ASCII.isFieldContent(escaped) else { return nil }
                position += 1
                content.append(escaped)
            default:
                guard ASCII.isFieldContent(byte) else { return nil }
                content.append(byte)
            }
        }
        return nil
    }

    /// Takes `*( OWS ";" OWS [ parameter ] )` (RFC 9110 section 5.6.6); names come in lower case.
    ///
    /// - Returns: `nil` when a parameter is malformed.
    mutating func parameters() -> [(name: String, value: String)]? {
        var result: [(name: String, value: String)] = []
        while true {
            skipWhiteSpace()
            guard take(ASCII.semicolon) else { return result }
            skipWhiteSpace()
            guard let name = token() else { continue }
            guard take(ASCII.equals) else { return nil }
            guard let value = next == ASCII.quote ? quotedString() : token() else { return nil }
            result.append((name.lowercased(), value))
        }
    }

    /// Moves past the next comma that is outside a quoted string, or to the end.
    mutating func skipMember() {
        while let byte = next {
            if byte == ASCII.quote {
                if quotedString() == nil { position = bytes.count }
                continue
            }
            position += 1
            if byte == ASCII.comma { return }
        }
    }

    /// Calls a closure at the start of each member of a comma-separated list, at most
    /// ``HTTPLimits/listMembersMax`` times; empty members are passed over (RFC 9110 section 5.6.1.2).
    ///
    /// - Parameter member: Reads a member; what it leaves of it is skipped.
    mutating func forEachMember(_ member: (inout FieldParser) -> Void) {
        for _ in 0..<HTTPLimits.listMembersMax {
            skipWhiteSpace()
            while take(ASCII.comma) { skipWhiteSpace() }
            guard !isAtEnd else { return }
            member(&self)
            skipMember()
        }
    }

    /// Reads a weight (RFC 9110 section 12.4.2) as thousandths.
    ///
    /// - Returns: 0…1000; `nil` for anything that is not a weight.
    static func weight(_ text: String) -> Int? {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, first == ASCII.zero || first == ASCII.zero + 1, bytes.count <= 5 else {
            return nil
        }
        guard bytes.count == 1 || bytes[1] == 0x2E else { return nil }
        var value = Int(first - ASCII.zero) * 1000
        var unit = 100
        for digit in bytes.dropFirst(2) {
            guard digit >= ASCII.zero, digit <= ASCII.nine else { return nil }
            value += Int(digit - ASCII.zero) * unit
            unit /= 10
        }
        return value <= 1000 ? value : nil
    }
}
