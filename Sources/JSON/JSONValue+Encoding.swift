extension JSONValue {
    /// The compact JSON text as UTF-8 bytes.
    ///
    /// - Returns: One line without white space; `parsing` it gives an equal value.
    public func encoded() -> [UInt8] {
        var encoder = JSONEncoder(indentation: nil)
        // A small document is written without growing six times on the way.
        encoder.bytes.reserveCapacity(512)
        encoder.write(self)
        return encoder.bytes
    }

    /// The JSON text.
    ///
    /// - Parameter pretty: True for one member or element a line, indented by two spaces.
    /// - Returns: The text without a final newline.
    public func encodedString(pretty: Bool = false) -> String {
        var encoder = JSONEncoder(indentation: pretty ? 2 : nil)
        encoder.write(self)
        return String(decoding: encoder.bytes, as: UTF8.self)
    }

    /// Appends the compact JSON text to bytes, for callers that frame several values in one buffer.
    ///
    /// - Parameter bytes: Grows by the text in UTF-8.
    public func encode(into bytes: inout [UInt8]) {
        var encoder = JSONEncoder(indentation: nil)
        swap(&encoder.bytes, &bytes)
        encoder.write(self)
        swap(&encoder.bytes, &bytes)
    }
}

/// Writes values into one growing buffer.
private struct JSONEncoder {
    var bytes: [UInt8] = []
    /// Spaces a level; nil writes the compact form.
    let indentation: Int?
    private var level = 0

    init(indentation: Int?) {
        self.indentation = indentation
    }

    mutating func write(_ value: JSONValue) {
        switch value {
        case .null: write(raw: "null")
        case .bool(true): write(raw: "true")
        case .bool(false): write(raw: "false")
        case .number(let number): write(text: number.text)
        case .string(let string): write(string: string)
        case .array(let elements): write(array: elements)
        case .object(let object): write(object: object)
        }
    }

    private mutating func write(array elements: [JSONValue]) {
        bytes.append(UInt8(ascii: "["))
        level += 1
        var isFirst = true
        for element in elements {
            separate(isFirst: &isFirst)
            write(element)
        }
        close(UInt8(ascii: "]"), isEmpty: isFirst)
    }

    private mutating func write(object: JSONObject) {
        bytes.append(UInt8(ascii: "{"))
        level += 1
        var isFirst = true
        for (key, value) in object {
            separate(isFirst: &isFirst)
            write(string: key)
            bytes.append(UInt8(ascii: ":"))
            if indentation != nil { bytes.append(0x20) }
            write(value)
        }
        close(UInt8(ascii: "}"), isEmpty: isFirst)
    }

    private mutating func separate(isFirst: inout Bool) {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
        isFirst = false
        breakLine()
    }

    private mutating func close(_ bracket: UInt8, isEmpty: Bool) {
        level -= 1
        if !isEmpty { breakLine() }
        bytes.append(bracket)
    }

    private mutating func breakLine() {
        guard let indentation else { return }
        bytes.append(0x0a)
        bytes.append(contentsOf: repeatElement(0x20, count: indentation * level))
    }

    private mutating func write(text: String) {
        var text = text
        text.withUTF8 { bytes.append(contentsOf: $0) }
    }

    private mutating func write(raw text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }

    private mutating func write(string: String) {
        bytes.append(UInt8(ascii: "\""))
        var string = string
        string.withUTF8 { text in
            let plain = Self.plainPrefix(text)
            if plain == text.count {
                bytes.append(contentsOf: text)
            } else {
                write(text, plain: plain)
            }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    /// Number of bytes before the first that needs an escape, looked at eight at a time.
    ///
    /// A byte is below 0x20 when taking 0x20 from it borrows, which sets its highest bit; two texts are equal where their
    /// exclusive or is zero, which a byte is when taking 1 borrows. Bytes over 0x7F are masked out of both.
    private static func plainPrefix(_ text: UnsafeBufferPointer<UInt8>) -> Int {
        let (ones, highs): (UInt64, UInt64) = (0x0101_0101_0101_0101, 0x8080_8080_8080_8080)
        let raw = UnsafeRawBufferPointer(text)
        var index = 0
        while index + 8 <= raw.count {
            let word = raw.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            let quotes = word ^ (ones &* UInt64(UInt8(ascii: "\"")))
            let backslashes = word ^ (ones &* UInt64(UInt8(ascii: "\\")))
            let controls = (word &- ones &* 0x20) & ~word
            let found = (controls | (quotes &- ones) & ~quotes | (backslashes &- ones) & ~backslashes) & highs
            // A borrow may reach the byte above: what is found here is looked at one by one.
            if found != 0 { break }
            index += 8
        }
        while index < text.count, !needsEscape(text[index]) { index += 1 }
        return index
    }

    private mutating func write(_ text: UnsafeBufferPointer<UInt8>, plain: Int) {
        var copied = 0
        for index in plain..<text.count where Self.needsEscape(text[index]) {
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[copied..<index]))
            write(escaped: text[index])
            copied = index + 1
        }
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[copied...]))
    }

    /// The three kinds that RFC 8259 section 7 does not allow raw: quote, backslash, controls.
    private static func needsEscape(_ byte: UInt8) -> Bool {
        byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\")
    }

    private mutating func write(escaped byte: UInt8) {
        bytes.append(UInt8(ascii: "\\"))
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes.append(byte)
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0a: bytes.append(UInt8(ascii: "n"))
        case 0x0c: bytes.append(UInt8(ascii: "f"))
        case 0x0d: bytes.append(UInt8(ascii: "r"))
        default:
            write(raw: "u00")
            bytes.append(byte < 0x10 ? UInt8(ascii: "0") : UInt8(ascii: "1"))
            let digit = byte & 0xf
            bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }
}
