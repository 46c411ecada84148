/// An entity tag (RFC 9110 section 8.8.3).
public struct EntityTag: Sendable, Hashable, CustomStringConvertible {
    /// The opaque text between the quotes.
    public let opaque: String
    /// Whether the tag only promises equivalence, not equality of every byte.
    public let isWeak: Bool

    /// A tag; characters that must not be in one are replaced by `_`.
    public init(_ opaque: String, isWeak: Bool = false) {
        self.opaque = String(
            decoding: opaque.utf8.map { $0 > 0x20 && $0 != ASCII.quote && $0 != ASCII.delete ? $0 : 0x5F },
            as: UTF8.self
        )
        self.isWeak = isWeak
    }

    /// Reads one tag, such as `"abc"` or `W/"abc"`; `nil` for anything else.
    public init?(parsing value: String) {
        var parser = FieldParser(value)
        guard let tag = EntityTag(&parser), parser.isAtEnd else { return nil }
        self = tag
    }

    /// Reads a tag where the cursor stands.
    init?(_ parser: inout FieldParser) {
        isWeak = parser.take(0x57)
        if isWeak {
            guard parser.take(ASCII.slash) else { return nil }
        }
        guard parser.take(ASCII.quote) else { return nil }
        // `etagc` has no escapes: a backslash is itself.
        opaque = parser.take(while: { $0 != ASCII.quote && $0 > 0x20 && $0 != ASCII.delete })
        guard parser.take(ASCII.quote) else { return nil }
    }

    /// Whether both promise the same bytes: equal, and neither is weak (RFC 9110 section 8.8.3.2).
    public func matchesStrongly(_ other: EntityTag) -> Bool {
        !isWeak && !other.isWeak && opaque == other.opaque
    }

    /// Whether both name equivalent representations.
    public func matchesWeakly(_ other: EntityTag) -> Bool {
        opaque == other.opaque
    }

    /// As on the wire.
    public var description: String { (isWeak ? "W/\"" : "\"") + opaque + "\"" }
}

/// The value of `If-Match` or `If-None-Match`.
public enum EntityTagList: Sendable, Hashable, CustomStringConvertible {
    /// `*`: any current representation.
    case any
    /// The tags listed; members that are malformed are left out.
    case tags([EntityTag])

    /// Reads a joined field; `nil` when there is no field.
    public init?(_ value: String?) {
        guard let value else { return nil }
        if ASCII.trimmed(value[...]) == "*" {
            self = .any
            return
        }
        var tags: [EntityTag] = []
        var parser = FieldParser(value)
        parser.forEachMember { parser in
            if let tag = EntityTag(&parser) { tags.append(tag) }
        }
        self = .tags(tags)
    }

    /// `If-Match`: whether a current tag is in the list, compared strongly (RFC 9110 section 13.1.1).
    ///
    /// - Parameter current: Tag of the current representation; `nil` when there is none.
    /// - Returns: Whether the condition is true.
    public func matchesStrongly(_ current: EntityTag?) -> Bool {
        switch self {
        case .any: current != nil
        case .tags(let tags): current.map { current in tags.contains { $0.matchesStrongly(current) } } ?? false
        }
    }

    /// `If-None-Match`: whether a current tag is in the list, compared weakly (RFC 9110 section 13.1.2).
    ///
    /// - Parameter current: Tag of the current representation; `nil` when there is none.
    /// - Returns: Whether the tag is in the list; the condition is the opposite.
    public func matchesWeakly(_ current: EntityTag?) -> Bool {
        switch self {
        case .any: current != nil
        case .tags(let tags): current.map { current in tags.contains { $0.matchesWeakly(current) } } ?? false
        }
    }
}
