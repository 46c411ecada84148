/// Names and values of a query string, or of a form body: `application/x-www-form-urlencoded` (URL Standard section 5).
///
/// Order and repetition are kept. `+` is a space; an escape that is broken is taken literally, as browsers do.
public struct QueryItems: Sendable, Hashable {
    /// One pair.
    public struct Item: Sendable, Hashable {
        /// Decoded name.
        public var name: String
        /// Decoded value; empty when there was no `=`.
        public var value: String

        /// A pair of decoded texts.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// The pairs in the order received.
    public var items: [Item] = []
    /// Whether there were more than ``HTTPLimits/formFieldsMax`` pairs and the rest was left out.
    public private(set) var isTruncated = false

    /// No pairs.
    public init() {}

    /// Reads a query string without its `?`; `nil` and empty text give no pairs.
    public init(parsing text: String?) {
        guard let text else { return }
        for pair in text.utf8.split(separator: UInt8(ascii: "&")) {
            guard items.count < HTTPLimits.formFieldsMax else {
                isTruncated = true
                return
            }
            let separator = pair.firstIndex(of: ASCII.equals) ?? pair.endIndex
            let value = separator == pair.endIndex ? pair[pair.endIndex...] : pair[pair.index(after: separator)...]
            items.append(Item(name: Self.decoded(pair[..<separator]), value: Self.decoded(value)))
        }
    }

    /// Value of the first pair of a name.
    public func first(named name: String) -> String? {
        items.first { $0.name == name }?.value
    }

    /// Values of all pairs of a name, in order.
    public func all(named name: String) -> [String] {
        items.compactMap { $0.name == name ? $0.value : nil }
    }

    /// Adds a pair.
    public mutating func add(_ name: String, _ value: String) {
        items.append(Item(name: name, value: value))
    }

    /// Replaces all pairs of a name by one; `nil` removes them.
    public mutating func set(_ name: String, _ value: String?) {
        items.removeAll { $0.name == name }
        if let value { add(name, value) }
    }

    /// The pairs as a query string without its `?`, everything but unreserved characters encoded.
    public var encoded: String {
        items.map { PercentCoding.encoded($0.name) + "=" + PercentCoding.encoded($0.value) }.joined(separator: "&")
    }

    private static func decoded(_ text: Substring.UTF8View) -> String {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(text.count)
        var rest = text
        while let byte = rest.popFirst() {
            switch byte {
            case ASCII.plus:
                bytes.append(ASCII.space)
            case ASCII.percent:
                let digits = rest.prefix(2).compactMap(ASCII.hexValue)
                if digits.count == 2 {
                    bytes.append(digits[0] << 4 | digits[1])
                    rest.removeFirst(2)
                } else {
                    bytes.append(byte)
                }
            default:
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension QueryItems: Sequence {
    /// Iterates over the pairs in order.
    public func makeIterator() -> IndexingIterator<[Item]> {
        items.makeIterator()
    }
}
