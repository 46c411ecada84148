/// A strict RFC 8259 parser over bytes.
///
/// One pass, no tokens: it recurses once a nesting level (bounded by `JSONLimits.depthMax`) and copies only
/// the text that ends up in the value.
struct JSONParser {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let limits: JSONLimits
    private var offset = 0
    /// Unescaped text of the string being read; kept between strings to allocate once a document.
    private var scratch: [UInt8] = []

    private init(bytes: UnsafeBufferPointer<UInt8>, limits: JSONLimits) {
        self.bytes = bytes
        self.limits = limits
    }

    /// Parses a whole document, which is one value and white space.
    static func parse(_ bytes: UnsafeBufferPointer<UInt8>, limits: JSONLimits) throws(JSONError) -> JSONValue {
        guard bytes.count <= limits.documentBytesMax else {
            throw JSONError(offset: limits.documentBytesMax, reason: .tooLarge(limit: limits.documentBytesMax))
        }
        var parser = JSONParser(bytes: bytes, limits: limits)
        parser.skipWhitespace()
        let value = try parser.value(depth: 0)
        parser.skipWhitespace()
        guard parser.offset == bytes.count else { throw parser.error(.trailingBytes) }
        return value
    }

    /// Reads the value at `offset`; `depth` is the number of containers around it.
    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        guard offset < bytes.count else { throw error(.unexpectedEnd) }
        switch bytes[offset] {
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return .number(try number())
        case UInt8(ascii: "t"):
            try literal("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try literal("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try literal("null")
            return .null
        default: throw unexpected()
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
        try enter(depth: depth)
        var object = JSONObject()
        if try closes(UInt8(ascii: "}")) { return .object(object) }
        while true {
            let keyOffset = offset
            guard offset < bytes.count else { throw error(.unexpectedEnd) }
            guard bytes[offset] == UInt8(ascii: "\"") else { throw unexpected() }
            let key = try string()
            skipWhitespace()
            try expect(UInt8(ascii: ":"))
            skipWhitespace()
            let value = try value(depth: depth)
            guard object.appendUnique(key: key, value: value) else {
                throw JSONError(offset: keyOffset, reason: .duplicateKey(key))
            }
            guard try continues(closing: UInt8(ascii: "}")) else { return .object(object) }
        }
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
        try enter(depth: depth)
        var elements: [JSONValue] = []
        if try closes(UInt8(ascii: "]")) { return .array(elements) }
        while true {
            elements.append(try value(depth: depth))
            guard try continues(closing: UInt8(ascii: "]")) else { return .array(elements) }
        }
    }

    /// Steps over an opening bracket.
    private mutating func enter(depth: Int) throws(JSONError) {
        guard depth <= limits.depthMax else { throw error(.tooDeep(limit: limits.depthMax)) }
        offset += 1
        skipWhitespace()
    }

    /// Steps over the closing bracket of an empty container, if it stands here.
    private mutating func closes(_ closing: UInt8) throws(JSONError) -> Bool {
        guard offset < bytes.count else { throw error(.unexpectedEnd) }
        guard bytes[offset] == closing else { return false }
        offset += 1
        return true
    }

    /// Reads what follows an element: true for a comma and white space, false for the closing bracket.
    private mutating func continues(closing: UInt8) throws(JSONError) -> Bool {
        skipWhitespace()
        if try closes(closing) { return false }
        try expect(UInt8(ascii: ","))
        skipWhitespace()
        return true
    }

    private mutating func expect(_ byte: UInt8) throws(JSONError) {
        guard offset < bytes.count else { throw error(.unexpectedEnd) }
        guard bytes[offset] == byte else { throw unexpected() }
        offset += 1
    }

    private mutating func literal(_ text: StaticString) throws(JSONError) {
        for index in 0..<text.utf8CodeUnitCount {
            try expect(text.utf8Start[index])
        }
    }

    private mutating func skipWhitespace() {
        while offset < bytes.count {
            switch bytes[offset] {
            case 0x20, 0x09, 0x0a, 0x0d: offset += 1
            default: return
            }
        }
    }

    private func unexpected() -> JSONError {
        error(.unexpectedByte(bytes[offset]))
    }

    private func error(_ reason: JSONError.Reason) -> JSONError {
        JSONError(offset: offset, reason: reason)
    }
}

// Numbers, RFC 8259 section 6: [ minus ] int [ frac ] [ exp ].
extension JSONParser {
    private mutating func number() throws(JSONError) -> JSONNumber {
        let start = offset
        if bytes[offset] == UInt8(ascii: "-") { offset += 1 }
        let integerStart = offset
        try digits()
        guard bytes[integerStart] != UInt8(ascii: "0") || offset == integerStart + 1 else {
            throw JSONError(offset: integerStart, reason: .invalidNumber)
        }
        if offset < bytes.count, bytes[offset] == UInt8(ascii: ".") {
            offset += 1
            try digits()
        }
        if offset < bytes.count, bytes[offset] | 0x20 == UInt8(ascii: "e") {
            offset += 1
            if offset < bytes.count, bytes[offset] == UInt8(ascii: "+") || bytes[offset] == UInt8(ascii: "-") {
                offset += 1
            }
            try digits()
        }
        guard offset - start <= limits.numberBytesMax else {
            throw JSONError(offset: start, reason: .numberTooLong(limit: limits.numberBytesMax))
        }
        let text = UnsafeBufferPointer(rebasing: bytes[start..<offset])
        return JSONNumber(checkedText: Self.string(ascii: text))
    }

    /// Steps over one digit or more.
    private mutating func digits() throws(JSONError) {
        let start = offset
        while offset < bytes.count, bytes[offset] &- UInt8(ascii: "0") < 10 { offset += 1 }
        guard offset > start else {
            throw error(offset < bytes.count ? .invalidNumber : .unexpectedEnd)
        }
    }
}

// Strings, RFC 8259 section 7.
extension JSONParser {
    private mutating func string() throws(JSONError) -> String {
        offset += 1
        let start = offset
        // Most strings have no escape, are ASCII, and are copied in one go.
        var seen: UInt8 = 0
        while offset < bytes.count {
            let byte = bytes[offset]
            seen |= byte
            if byte == UInt8(ascii: "\"") {
                let text = UnsafeBufferPointer(rebasing: bytes[start..<offset])
                let valid = seen < 0x80 ? Self.string(ascii: text) : String(validating: text, as: UTF8.self)
                guard let string = valid else {
                    throw JSONError(offset: start, reason: .invalidUTF8)
                }
                offset += 1
                return string
            }
            if byte == UInt8(ascii: "\\") { return try escapedString(from: start) }
            guard byte >= 0x20 else { throw error(.controlCharacter(byte)) }
            offset += 1
        }
        throw error(.unexpectedEnd)
    }

    /// Makes a string of bytes below 0x80.
    ///
    /// The validation of the standard library is generic and costs as much as the rest of a short member.
    private static func string(ascii text: UnsafeBufferPointer<UInt8>) -> String {
        String(unsafeUninitializedCapacity: text.count) { $0.initialize(fromContentsOf: text) }
    }

    /// Reads the rest of a string whose first escape is at `offset`.
    private mutating func escapedString(from start: Int) throws(JSONError) -> String {
        scratch.removeAll(keepingCapacity: true)
        scratch.append(contentsOf: bytes[start..<offset])
        while offset < bytes.count {
            let byte = bytes[offset]
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: scratch, as: UTF8.self) else {
                    throw JSONError(offset: start, reason: .invalidUTF8)
                }
                offset += 1
                return string
            case UInt8(ascii: "\\"):
                try escape()
            case 0x00..<0x20:
                throw error(.controlCharacter(byte))
            default:
                scratch.append(byte)
                offset += 1
            }
        }
        throw error(.unexpectedEnd)
    }

    /// Reads the escape at `offset` into `scratch`.
    private mutating func escape() throws(JSONError) {
        guard offset + 1 < bytes.count else {
            offset = bytes.count
            throw error(.unexpectedEnd)
        }
        let plain: UInt8
        switch bytes[offset + 1] {
        case UInt8(ascii: "\""): plain = UInt8(ascii: "\"")
        case UInt8(ascii: "\\"): plain = UInt8(ascii: "\\")
        case UInt8(ascii: "/"): plain = UInt8(ascii: "/")
        case UInt8(ascii: "b"): plain = 0x08
        case UInt8(ascii: "f"): plain = 0x0c
        case UInt8(ascii: "n"): plain = 0x0a
        case UInt8(ascii: "r"): plain = 0x0d
        case UInt8(ascii: "t"): plain = 0x09
        case UInt8(ascii: "u"): return try unicodeEscape()
        default: throw error(.invalidEscape)
        }
        scratch.append(plain)
        offset += 2
    }

    /// Reads `\uXXXX`, or two of them when the first is a leading surrogate.
    private mutating func unicodeEscape() throws(JSONError) {
        let start = offset
        var scalar = UInt32(try codeUnit())
        if scalar & 0xfc00 == 0xd800 {
            guard offset + 1 < bytes.count, bytes[offset] == UInt8(ascii: "\\"), bytes[offset + 1] == UInt8(ascii: "u")
            else { throw JSONError(offset: start, reason: .loneSurrogate) }
            let trailing = UInt32(try codeUnit())
            guard trailing & 0xfc00 == 0xdc00 else { throw JSONError(offset: start, reason: .loneSurrogate) }
            scalar = 0x10000 + (scalar & 0x3ff) << 10 + (trailing & 0x3ff)
        }
        guard let scalar = Unicode.Scalar(scalar) else { throw JSONError(offset: start, reason: .loneSurrogate) }
        if let units = UTF8.encode(scalar) { scratch.append(contentsOf: units) }
    }

    /// Reads one `\uXXXX`.
    private mutating func codeUnit() throws(JSONError) -> UInt16 {
        guard offset + 6 <= bytes.count else {
            offset = bytes.count
            throw error(.unexpectedEnd)
        }
        var unit: UInt16 = 0
        for digit in bytes[(offset + 2)..<(offset + 6)] {
            let value: UInt8
            switch digit {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = digit - UInt8(ascii: "0")
            case UInt8(ascii: "a")...UInt8(ascii: "f"): value = digit - UInt8(ascii: "a") + 10
            case UInt8(ascii: "A")...UInt8(ascii: "F"): value = digit - UInt8(ascii: "A") + 10
            default: throw error(.invalidEscape)
            }
            unit = unit << 4 | UInt16(value)
        }
        offset += 6
        return unit
    }
}
