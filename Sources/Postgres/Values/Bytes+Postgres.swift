/// Hexadecimal text of `bytea`: `\x` and two digits a byte (`bytea_output = hex`).
///
/// Source: PostgreSQL documentation, "Binary Data Types".
enum HexBytes {
    /// The text for `bytes`.
    static func encode(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(unsafeUninitializedCapacity: 2 + bytes.count * 2) { buffer in
            buffer[0] = UInt8(ascii: "\\")
            buffer[1] = UInt8(ascii: "x")
            for (index, byte) in bytes.enumerated() {
                buffer[2 + index * 2] = digits[Int(byte >> 4)]
                buffer[3 + index * 2] = digits[Int(byte & 15)]
            }
            return 2 + bytes.count * 2
        }
    }

    /// The bytes of `text`; `nil` when it is not in hex form.
    static func decode(_ text: UnsafeBufferPointer<UInt8>) -> [UInt8]? {
        guard text.count >= 2, text.count.isMultiple(of: 2), text[0] == UInt8(ascii: "\\"), text[1] == UInt8(ascii: "x")
        else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count / 2 - 1)
        for index in stride(from: 2, to: text.count, by: 2) {
            guard let high = nibble(text[index]), let low = nibble(text[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func nibble(_ digit: UInt8) -> UInt8? {
        switch digit {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension UInt8: PostgresArrayElement {
    /// A list of bytes is a `bytea`, not an array.
    public static func postgresArrayText(_ elements: [UInt8]) -> String {
        HexBytes.encode(elements)
    }

    /// Reads `bytea`.
    public static func elements(postgres cell: PostgresCell) throws(PostgresCellError) -> [UInt8] {
        guard let bytes = cell.withBytes({ HexBytes.decode($0) }) else { throw PostgresCellError("is not a bytea") }
        return bytes
    }
}
