/// A second, independent judgement of what is JSON: the grammar of RFC 8259 as functions, without values or limits.
struct JSONGrammar {
    private var rest: Substring.UnicodeScalarView

    /// Whether the bytes are one JSON text in UTF-8 whose escapes are Unicode too.
    static func accepts(_ bytes: [UInt8]) -> Bool {
        guard let text = String(validating: bytes, as: UTF8.self) else { return false }
        var grammar = JSONGrammar(rest: text.unicodeScalars[...])
        grammar.white()
        guard grammar.value() else { return false }
        grammar.white()
        return grammar.rest.isEmpty
    }

    private mutating func value() -> Bool {
        switch rest.first {
        case "{": list("}") { $0.string() && $0.takeAfterWhite(":") && $0.whiteAndValue() }
        case "[": list("]") { $0.value() }
        case "\"": string()
        case "t": word("true")
        case "f": word("false")
        case "n": word("null")
        default: number()
        }
    }

    private mutating func whiteAndValue() -> Bool {
        white()
        return value()
    }

    private mutating func list(_ end: Unicode.Scalar, _ member: (inout JSONGrammar) -> Bool) -> Bool {
        rest.removeFirst()
        if takeAfterWhite(end) { return true }
        repeat {
            white()
            guard member(&self) else { return false }
        } while takeAfterWhite(",")
        return takeAfterWhite(end)
    }

    private mutating func string() -> Bool {
        guard take("\"") else { return false }
        while let scalar = rest.popFirst() {
            switch scalar {
            case "\"": return true
            case "\\": guard escape() else { return false }
            default: guard scalar.value >= 0x20 else { return false }
            }
        }
        return false
    }

    private mutating func escape() -> Bool {
        guard let kind = rest.popFirst() else { return false }
        guard kind == "u" else { return "\"\\/bfnrt".unicodeScalars.contains(kind) }
        guard let first = unit() else { return false }
        guard first & 0xF800 == 0xD800 else { return true }
        // A pair of surrogates, or a text that is not Unicode.
        return first < 0xDC00 && take("\\") && take("u") && unit().map { $0 & 0xFC00 == 0xDC00 } ?? false
    }

    private mutating func unit() -> Int? {
        let digits = String(rest.prefix(4))
        guard digits.utf8.count == 4, digits.utf8.allSatisfy({ "0123456789abcdefABCDEF".utf8.contains($0) }) else {
            return nil
        }
        rest.removeFirst(4)
        return Int(digits, radix: 16)
    }

    private mutating func number() -> Bool {
        _ = take("-")
        if !take("0") { guard digits() else { return false } }
        if take(".") { guard digits() else { return false } }
        if take("e") || take("E") {
            _ = take("+") || take("-")
            guard digits() else { return false }
        }
        return true
    }

    private mutating func digits() -> Bool {
        let run = rest.prefix { $0 >= "0" && $0 <= "9" }
        rest.removeFirst(run.count)
        return !run.isEmpty
    }

    private mutating func word(_ word: String) -> Bool {
        guard rest.starts(with: word.unicodeScalars) else { return false }
        rest.removeFirst(word.unicodeScalars.count)
        return true
    }

    private mutating func white() {
        while let scalar = rest.first, " \t\r\n".unicodeScalars.contains(scalar) { rest.removeFirst() }
    }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard rest.first == scalar else { return false }
        rest.removeFirst()
        return true
    }

    private mutating func takeAfterWhite(_ scalar: Unicode.Scalar) -> Bool {
        white()
        return take(scalar)
    }
}
