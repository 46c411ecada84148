/// Why a document is not JSON, and where.
public struct JSONError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Byte offset into the document, from 0; equals the document's length when it ended too early.
    public let offset: Int
    /// What is wrong at `offset`.
    public let reason: Reason

    /// The closed list of faults.
    ///
    /// None of them carries the document's content except a duplicate key.
    public enum Reason: Sendable, Hashable {
        /// The document stops inside a value.
        case unexpectedEnd
        /// A byte that cannot stand here, such as a comma before `}` or a comment.
        case unexpectedByte(UInt8)
        /// Something follows the document's one value.
        case trailingBytes
        /// Not the grammar of RFC 8259 section 6, such as `01`, `.5`, `+1` or `1.`.
        case invalidNumber
        /// A backslash followed by something other than the nine escapes of RFC 8259 section 7.
        case invalidEscape
        /// Half of a UTF-16 surrogate pair, which no UTF-8 string can hold.
        case loneSurrogate
        /// A raw byte below 0x20 inside a string.
        case controlCharacter(UInt8)
        /// A string that is not well-formed UTF-8.
        case invalidUTF8
        /// The same name twice in one object.
        case duplicateKey(String)
        /// Nesting beyond `JSONLimits.depthMax`.
        case tooDeep(limit: Int)
        /// More bytes than `JSONLimits.documentBytesMax`.
        case tooLarge(limit: Int)
        /// A number longer than `JSONLimits.numberBytesMax`.
        case numberTooLong(limit: Int)
    }

    /// Makes an error at a place.
    ///
    /// - Parameters:
    ///   - offset: Byte offset into the document.
    ///   - reason: What is wrong there.
    public init(offset: Int, reason: Reason) {
        self.offset = offset
        self.reason = reason
    }

    /// One line for a person, such as `duplicate key "name" at byte 17`.
    public var description: String {
        "\(reason) at byte \(offset)"
    }
}

extension JSONError.Reason: CustomStringConvertible {
    /// The fault in words, without its place.
    public var description: String {
        switch self {
        case .unexpectedEnd: "the document ends too early"
        case .unexpectedByte(let byte): "unexpected \(Self.name(of: byte))"
        case .trailingBytes: "something follows the value"
        case .invalidNumber: "not a number"
        case .invalidEscape: "unknown escape in a string"
        case .loneSurrogate: "half of a surrogate pair in a string"
        case .controlCharacter(let byte): "unescaped control character \(Self.name(of: byte)) in a string"
        case .invalidUTF8: "not UTF-8"
        case .duplicateKey(let key): "duplicate key \(JSONValue.string(key).encodedString())"
        case .tooDeep(let limit): "nested more than \(limit) levels deep"
        case .tooLarge(let limit): "more than \(limit) bytes"
        case .numberTooLong(let limit): "a number of more than \(limit) bytes"
        }
    }

    private static func name(of byte: UInt8) -> String {
        if (0x21...0x7e).contains(byte) {
            return "'\(Unicode.Scalar(byte))'"
        }
        let hex = String(byte, radix: 16)
        return "byte 0x" + (hex.count == 1 ? "0" : "") + hex
    }
}
