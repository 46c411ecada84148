/// One SQL statement with its bound parameters.
///
/// A value is written as a string literal. An interpolated value never becomes part of the text, it is
/// sent beside it as a parameter, so there is no way to build SQL out of input:
///
/// ```swift
/// let statement: SQL = """
///     SELECT id FROM tenants
///     WHERE name = \(name) \(sql: isRoot ? "AND parent_id IS NULL" : "")
///     """
/// ```
///
/// Parameters carry no type: the server infers it from the place they stand in. Where it cannot
/// (`SELECT $1`, `$1 IS NULL`, polymorphic functions) add a cast: `\(value)::bigint`.
public struct SQL: Sendable, Hashable {
    /// The text with `$1`, `$2`, … in the places of the parameters, in order of first appearance.
    public private(set) var text: String

    /// The parameters in text format, `nil` is NULL; `binds[0]` belongs to `$1`.
    public private(set) var binds: [String?]

    /// UTF-8 offset of the `$` of every parameter in `text`, ascending; `count == binds.count`.
    private var bindOffsets: [Int]

    /// An empty statement: nothing when composed into another one.
    public init() {
        text = ""
        binds = []
        bindOffsets = []
    }

    /// True when there is no text at all.
    public var isEmpty: Bool { text.isEmpty }

    /// Adds text as it stands.
    ///
    /// Only literals of the source code come here.
    mutating func append(literal: String) {
        text += literal
    }

    /// Adds a parameter.
    mutating func append(bind: String?) {
        bindOffsets.append(text.utf8.count)
        binds.append(bind)
        text += "$"
        text += String(binds.count)
    }

    /// Adds another statement; its parameters are renumbered after the ones that are there.
    mutating func append(_ other: SQL) {
        if other.binds.isEmpty {
            text += other.text
            return
        }
        let source = other.text.utf8
        var copied = source.startIndex
        for (index, offset) in other.bindOffsets.enumerated() {
            let dollar = source.index(source.startIndex, offsetBy: offset)
            text += other.text[copied..<dollar]
            append(bind: other.binds[index])
            copied = source.index(dollar, offsetBy: 1 + String(index + 1).utf8.count)
        }
        text += other.text[copied...]
    }

    /// Both statements one after the other, nothing between them.
    public static func + (left: SQL, right: SQL) -> SQL {
        var sum = left
        sum.append(right)
        return sum
    }

    /// Adds another statement at the end.
    public static func += (left: inout SQL, right: SQL) {
        left.append(right)
    }
}

extension SQL: CustomStringConvertible {
    /// The text without the parameters, which may be secret.
    public var description: String { text }
}

extension Sequence<SQL> {
    /// The statements in order with `separator` between them, as in `conditions.joined(separator: " AND ")`.
    ///
    /// - Returns: An empty statement for an empty sequence.
    public func joined(separator: SQL) -> SQL {
        var joined = SQL()
        var isFirst = true
        for part in self {
            if !isFirst { joined += separator }
            joined += part
            isFirst = false
        }
        return joined
    }
}
