public import Foundation

/// A type whose lists can be bound and read: one-dimensional arrays without NULLs, and `bytea` for bytes.
///
/// A type that is `PostgresCodable` conforms in one line: `extension TenantID: PostgresArrayElement {}`.
public protocol PostgresArrayElement: Sendable {
    /// The text of a list.
    static func postgresArrayText(_ elements: [Self]) -> String

    /// Reads a list.
    ///
    /// - Throws: `PostgresCellError` when the text is no such list.
    static func elements(postgres cell: PostgresCell) throws(PostgresCellError) -> [Self]
}

extension Array: PostgresEncodable where Element: PostgresArrayElement {
    /// The text of the array.
    public var postgresText: String? { Element.postgresArrayText(self) }
}

extension Array: PostgresDecodable where Element: PostgresArrayElement {
    /// Reads the array.
    public init(postgres cell: PostgresCell) throws(PostgresCellError) {
        self = try Element.elements(postgres: cell)
    }
}

extension PostgresArrayElement where Self: PostgresCodable {
    /// `{"a","b"}` with every element quoted, which is valid for every element type.
    public static func postgresArrayText(_ elements: [Self]) -> String {
        ArrayText.encode(elements.map(\.postgresText))
    }

    /// Reads one dimension.
    public static func elements(postgres cell: PostgresCell) throws(PostgresCellError) -> [Self] {
        guard let texts = ArrayText.decode(Array(cell.text.utf8)) else {
            throw PostgresCellError("is not a one-dimensional array")
        }
        var elements: [Self] = []
        elements.reserveCapacity(texts.count)
        for text in texts {
            if let text {
                elements.append(try Self(postgres: PostgresCell(text: text)))
            } else if let null = Self.postgresNull {
                elements.append(null)
            } else {
                throw PostgresCellError("has a NULL element")
            }
        }
        return elements
    }
}

extension String: PostgresArrayElement {}
extension UUID: PostgresArrayElement {}
extension Int: PostgresArrayElement {}
extension Int64: PostgresArrayElement {}

/// The text form of arrays.
///
/// Source: PostgreSQL documentation, "Array Input and Output Syntax".
enum ArrayText {
    /// The text for elements; `nil` is NULL.
    static func encode(_ elements: [String?]) -> String {
        var text = "{"
        for (index, element) in elements.enumerated() {
            if index > 0 { text += "," }
            guard let element else {
                text += "NULL"
                continue
            }
            text += "\""
            for scalar in element.unicodeScalars {
                if scalar == "\"" || scalar == "\\" { text += "\\" }
                text.unicodeScalars.append(scalar)
            }
            text += "\""
        }
        return text + "}"
    }

    /// The elements of a one-dimensional array; `nil` when the text is none (nested, bounds, broken).
    static func decode(_ text: [UInt8]) -> [String?]? {
        var reader = Reader(text: text)
        return reader.array()
    }

    /// Reads an array from left to right.
    private struct Reader {
        let text: [UInt8]
        var index = 0

        mutating func array() -> [String?]? {
            guard take("{") else { return nil }
            if take("}") { return index == text.count ? [] : nil }
            var elements: [String?] = []
            while true {
                guard let element = element() else { return nil }
                elements.append(element)
                if take(",") { continue }
                guard take("}"), index == text.count else { return nil }
                return elements
            }
        }

        /// One element: `.some(nil)` is NULL, `nil` is broken text.
        private mutating func element() -> String?? {
            if take("\"") { return quoted().map { .some($0) } }
            let start = index
            while index < text.count, !isDelimiter(text[index]) { index += 1 }
            guard index > start else { return nil }
            let bare = String(decoding: text[start..<index], as: UTF8.self)
            return bare == "NULL" ? .some(nil) : .some(bare)
        }

        private mutating func quoted() -> String? {
            var bytes: [UInt8] = []
            while index < text.count {
                let byte = text[index]
                index += 1
                if byte == UInt8(ascii: "\"") { return String(decoding: bytes, as: UTF8.self) }
                guard byte == UInt8(ascii: "\\") else {
                    bytes.append(byte)
                    continue
                }
                guard index < text.count else { return nil }
                bytes.append(text[index])
                index += 1
            }
            return nil
        }

        private mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard index < text.count, text[index] == UInt8(ascii: character) else { return false }
            index += 1
            return true
        }

        private func isDelimiter(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: ","), UInt8(ascii: "{"), UInt8(ascii: "}"), UInt8(ascii: "\""), UInt8(ascii: "\\"): true
            default: false
            }
        }
    }
}
