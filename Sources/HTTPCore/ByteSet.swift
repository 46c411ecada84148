/// A set of ASCII bytes as a 128-bit mask: one shift and one test a byte, no table in memory.
struct ByteSet: Sendable {
    private var low: UInt64 = 0
    private var high: UInt64 = 0

    /// The bytes of an ASCII string; others are ignored.
    init(_ characters: StaticString, _ others: ByteSet...) {
        characters.withUTF8Buffer { for byte in $0 { insert(byte) } }
        for other in others {
            low |= other.low
            high |= other.high
        }
    }

    /// All bytes of a closed range.
    init(_ range: ClosedRange<UInt8>) {
        for byte in range { insert(byte) }
    }

    private mutating func insert(_ byte: UInt8) {
        if byte < 64 {
            low |= 1 << UInt64(byte)
        } else if byte < 128 {
            high |= 1 << UInt64(byte - 64)
        }
    }

    /// Whether the byte is a member; never for bytes over 127.
    @inline(__always)
    func contains(_ byte: UInt8) -> Bool {
        if byte < 64 { return low >> UInt64(byte) & 1 != 0 }
        if byte < 128 { return high >> UInt64(byte &- 64) & 1 != 0 }
        return false
    }

    /// Whether all bytes are members.
    func containsAll(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        for byte in bytes where !contains(byte) { return false }
        return true
    }

    /// `DIGIT` and `ALPHA` (RFC 5234 appendix B.1).
    static let alphanumeric = ByteSet(
        "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    )
    /// `tchar` (RFC 9110 section 5.6.2).
    static let token = ByteSet("!#$%&'*+-.^_`|~", alphanumeric)
    /// `unreserved` (RFC 3986 section 2.3).
    static let unreserved = ByteSet("-._~", alphanumeric)
    /// `sub-delims` (RFC 3986 section 2.2).
    static let subDelimiters = ByteSet("!$&'()*+,;=")
    /// Bytes of a path: `pchar`, `/` and `%` (RFC 3986 section 3.3), and `[ ] |`, which browsers leave as they are
    /// (URL Standard, path percent-encode set).
    static let path = ByteSet("%", plainPath)
    /// Bytes of a path in which nothing is encoded.
    static let plainPath = ByteSet("/:@[]|", unreserved, subDelimiters)
    /// Bytes of a query: those of a path, `?`, and what browsers leave as it is (URL Standard, query
    /// percent-encode set).
    static let query = ByteSet("?\\^`{}", path)
    /// Bytes of a registered name or an IPv4 address (RFC 3986 section 3.2.2) without the comma, which separates hosts.
    static let host = ByteSet("%!$&'()*+;=", unreserved)
    /// Bytes of a client's request id: those of UUIDs, base64 and most names, none that means something in a log.
    static let requestID = ByteSet("-._~+/=:@", alphanumeric)
    /// `cookie-octet` (RFC 6265 section 4.1.1).
    static let cookieValue = ByteSet("!#$%&'()*+-./:<=>?@[]^_`{|}~", alphanumeric)
}

/// The ASCII bytes that the grammar of RFC 9112 gives names to.
enum ASCII {
    static let tab: UInt8 = 0x09
    static let lineFeed: UInt8 = 0x0A
    static let carriageReturn: UInt8 = 0x0D
    static let space: UInt8 = 0x20
    static let quote: UInt8 = 0x22
    static let percent: UInt8 = 0x25
    static let asterisk: UInt8 = 0x2A
    static let plus: UInt8 = 0x2B
    static let comma: UInt8 = 0x2C
    static let minus: UInt8 = 0x2D
    static let slash: UInt8 = 0x2F
    static let zero: UInt8 = 0x30
    static let nine: UInt8 = 0x39
    static let colon: UInt8 = 0x3A
    static let semicolon: UInt8 = 0x3B
    static let equals: UInt8 = 0x3D
    static let question: UInt8 = 0x3F
    static let backslash: UInt8 = 0x5C
    static let delete: UInt8 = 0x7F

    /// Lower-case form of an upper-case letter; every other byte is returned as it is.
    @inline(__always)
    static func lowercased(_ byte: UInt8) -> UInt8 {
        byte >= 0x41 && byte <= 0x5A ? byte | 0x20 : byte
    }

    /// Value of a hexadecimal digit of either case; `nil` for other bytes.
    @inline(__always)
    static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }

    /// Whether the byte may be in a field value: visible, space, tab or `obs-text` (RFC 9110 section 5.5).
    @inline(__always)
    static func isFieldContent(_ byte: UInt8) -> Bool {
        byte >= 0x20 ? byte != delete : byte == tab
    }

    /// Upper-case hexadecimal digits, for percent-encoding.
    static let upperHexDigits = Array("0123456789ABCDEF".utf8)

    /// Compares two strings, ASCII letters without regard to case.
    @inline(__always)
    static func equalsIgnoringCase(_ first: String, _ second: String) -> Bool {
        // The length decides nearly always, and is known without looking at the bytes.
        first.utf8.count == second.utf8.count && (first == second || hasEqualLetters(first, second))
    }

    private static func hasEqualLetters(_ first: String, _ second: String) -> Bool {
        var (first, second) = (first, second)
        return first.withUTF8 { first in
            second.withUTF8 { second in
                for at in first.indices where lowercased(first[at]) != lowercased(second[at]) { return false }
                return true
            }
        }
    }

    /// `text` without spaces and tabs at both ends (`OWS`, RFC 9110 section 5.6.3).
    static func trimmed(_ text: Substring) -> Substring {
        var text = text
        while let first = text.utf8.first, first == space || first == tab { text = text.dropFirst() }
        while let last = text.utf8.last, last == space || last == tab { text = text.dropLast() }
        return text
    }
}
