/// Header fields in the order received or added; names are compared without regard to case (RFC 9110 section 5.1).
///
/// Several lines of one name stay several: joining them is only right for list-valued fields, and doing it early would
/// hide a repeated `Content-Length` or `Host`.
public struct HTTPHeaders: Sendable, Hashable {
    private var fields: [Field] = []

    /// One field line.
    public struct Field: Sendable, Hashable {
        /// Name in the spelling received or given.
        public var name: String
        /// Value without surrounding white space.
        public var value: String

        /// A field of a name and a value; the encoder, not this type, cleans what must not reach the wire.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// No fields.
    public init() {}

    /// Number of field lines.
    public var count: Int { fields.count }
    /// Whether there are no fields.
    public var isEmpty: Bool { fields.isEmpty }

    /// The value of the first line of a name; setting replaces all lines of the name, `nil` removes them.
    public subscript(name: String) -> String? {
        get { fields.first { ASCII.equalsIgnoringCase($0.name, name) }?.value }
        set {
            if let newValue {
                set(name, newValue)
            } else {
                remove(name)
            }
        }
    }

    /// The values of all lines of a name, in order; empty without one.
    public func values(for name: String) -> [String] {
        fields.compactMap { ASCII.equalsIgnoringCase($0.name, name) ? $0.value : nil }
    }

    /// All lines of a list-valued field joined with a comma (RFC 9110 section 5.3); `nil` without one.
    public func joined(_ name: String) -> String? {
        let values = values(for: name)
        guard values.count > 1 else { return values.first }
        return values.joined(separator: ", ")
    }

    /// Whether there is a line of the name.
    public func contains(_ name: String) -> Bool {
        fields.contains { ASCII.equalsIgnoringCase($0.name, name) }
    }

    /// Adds a line, after those of the same name.
    public mutating func add(_ name: String, _ value: String) {
        fields.append(Field(name: name, value: value))
    }

    /// Replaces all lines of a name by one, in the place of the first.
    public mutating func set(_ name: String, _ value: String) {
        guard let position = fields.firstIndex(where: { ASCII.equalsIgnoringCase($0.name, name) }) else {
            return add(name, value)
        }
        fields[position].value = value
        guard position + 1 < fields.count else { return }
        let rest = fields[(position + 1)...].filter { !ASCII.equalsIgnoringCase($0.name, name) }
        fields.replaceSubrange((position + 1)..., with: rest)
    }

    /// Sets a field that is not there yet; an existing one is kept.
    public mutating func setDefault(_ name: String, _ value: String) {
        if !contains(name) { add(name, value) }
    }

    /// Removes all lines of a name.
    public mutating func remove(_ name: String) {
        fields.removeAll { ASCII.equalsIgnoringCase($0.name, name) }
    }

    /// Adds a member to `Vary`, once.
    public mutating func vary(on name: String) {
        let present = values(for: "Vary").flatMap { $0.split(separator: ",").map { ASCII.trimmed($0) } }
        guard !present.contains(where: { ASCII.equalsIgnoringCase(String($0), name) || $0 == "*" }) else { return }
        set("Vary", (present.map(String.init) + [name]).joined(separator: ", "))
    }

    /// Makes room for fields that are about to be added.
    mutating func reserveCapacity(_ count: Int) {
        fields.reserveCapacity(count)
    }
}

extension HTTPHeaders: RandomAccessCollection {
    /// Position of the first line.
    public var startIndex: Int { fields.startIndex }
    /// Position after the last line.
    public var endIndex: Int { fields.endIndex }
    /// The line at a position.
    public subscript(position: Int) -> Field { fields[position] }
}

extension HTTPHeaders: ExpressibleByDictionaryLiteral {
    /// Fields in the order written; a name may be repeated.
    public init(dictionaryLiteral elements: (String, String)...) {
        for (name, value) in elements { add(name, value) }
    }
}
