/// A JSON object: unique keys in the order in which they were written.
///
/// Order is kept for people and for stable output; it carries no meaning (RFC 8259 section 4), so two
/// objects are equal when they hold the same members in any order.
public struct JSONObject: Sendable {
    private var entries: [Entry]
    /// Positions by key, kept only for objects that are too large for a linear search.
    private var positions: [String: Int]?

    /// A linear search through short strings beats hashing up to about this many members.
    private static let linearCountMax = 12

    fileprivate struct Entry: Sendable {
        let key: String
        var value: JSONValue
    }

    /// Makes an empty object.
    public init() {
        entries = []
        positions = nil
    }

    /// Makes an object from members; a repeated key keeps its first place and takes its last value.
    ///
    /// - Parameter members: Pairs of key and value in the order wanted.
    @inlinable
    public init(_ members: some Sequence<(key: String, value: JSONValue)>) {
        self.init()
        for (key, value) in members { self[key] = value }
    }

    /// Number of members.
    public var count: Int { entries.count }

    /// True when there is no member.
    public var isEmpty: Bool { entries.isEmpty }

    /// The keys in order.
    public var keys: some Collection<String> { entries.lazy.map(\.key) }

    /// The values in the order of their keys.
    public var values: some Collection<JSONValue> { entries.lazy.map(\.value) }

    /// The value of a key; setting nil removes the member, setting a new key appends it.
    ///
    /// A JSON `null` is a value: assign `JSONValue.null` to write one.
    ///
    /// - Parameter key: Compared as Swift strings are, by canonical equivalence: one letter in two spellings of
    ///   Unicode is one key.
    public subscript(key: String) -> JSONValue? {
        get {
            position(of: key).map { entries[$0].value }
        }
        set {
            guard let newValue else {
                removeValue(forKey: key)
                return
            }
            set(key, newValue)
        }
    }

    /// The value of a key, or a default; lets nested members be changed in place.
    ///
    /// - Parameters:
    ///   - key: The member's name.
    ///   - defaultValue: What to read, and to store on a write, when the key is absent.
    public subscript(key: String, default defaultValue: @autoclosure () -> JSONValue) -> JSONValue {
        get {
            self[key] ?? defaultValue()
        }
        _modify {
            let index: Int
            if let known = position(of: key) {
                index = known
            } else {
                append(key: key, value: defaultValue())
                index = entries.count - 1
            }
            yield &entries[index].value
        }
    }

    /// Removes a member and gives its value; nil when there is none.
    ///
    /// Takes time linear in `count`.
    ///
    /// - Parameter key: The member's name.
    /// - Returns: The value that was removed.
    @discardableResult
    public mutating func removeValue(forKey key: String) -> JSONValue? {
        guard let position = position(of: key) else { return nil }
        let removed = entries.remove(at: position).value
        if positions != nil {
            indexEntries()
        }
        return removed
    }

    /// Appends a member unless its key is there already.
    ///
    /// - Returns: False when the key is a duplicate; the object is unchanged then.
    mutating func appendUnique(key: String, value: JSONValue) -> Bool {
        guard position(of: key) == nil else { return false }
        append(key: key, value: value)
        return true
    }

    private func position(of key: String) -> Int? {
        if let positions {
            return positions[key]
        }
        for position in entries.indices where entries[position].key == key { return position }
        return nil
    }

    private mutating func set(_ key: String, _ value: JSONValue) {
        if let position = position(of: key) {
            entries[position].value = value
        } else {
            append(key: key, value: value)
        }
    }

    private mutating func append(key: String, value: JSONValue) {
        entries.append(Entry(key: key, value: value))
        if positions != nil {
            positions?[key] = entries.count - 1
        } else if entries.count > Self.linearCountMax {
            indexEntries()
        }
    }

    private mutating func indexEntries() {
        guard entries.count > Self.linearCountMax else {
            positions = nil
            return
        }
        var rebuilt: [String: Int] = [:]
        rebuilt.reserveCapacity(entries.count * 2)
        for (position, entry) in entries.enumerated() {
            rebuilt[entry.key] = position
        }
        positions = rebuilt
    }
}

extension JSONObject: Sequence {
    /// Walks the members in order.
    public struct Iterator: IteratorProtocol {
        private var base: IndexingIterator<[Entry]>

        fileprivate init(_ entries: [JSONObject.Entry]) {
            base = entries.makeIterator()
        }

        /// The next member; nil after the last.
        public mutating func next() -> (key: String, value: JSONValue)? {
            base.next().map { ($0.key, $0.value) }
        }
    }

    /// Starts a walk over the members in order.
    public func makeIterator() -> Iterator {
        Iterator(entries)
    }

    /// The exact count, so that arrays made from the object are sized once.
    public var underestimatedCount: Int { entries.count }
}

extension JSONObject: Hashable {
    /// True when both hold the same members, in any order.
    public static func == (left: JSONObject, right: JSONObject) -> Bool {
        left.count == right.count && left.allSatisfy { right[$0.key] == $0.value }
    }

    /// Hashes members so that their order does not matter.
    public func hash(into hasher: inout Hasher) {
        var combined = 0
        for entry in entries {
            var member = Hasher()
            member.combine(entry.key)
            member.combine(entry.value)
            combined ^= member.finalize()
        }
        hasher.combine(combined)
    }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
    /// Makes an object from a literal; a repeated key keeps its first place and takes its last value.
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self.init(literal: elements)
    }

    /// Makes an object from the elements of a literal.
    init(literal elements: [(String, JSONValue)]) {
        self.init()
        entries.reserveCapacity(elements.count)
        for (key, value) in elements { set(key, value) }
    }
}
