public import FoundationEssentials

/// The id of one kind of row: a UUID of version 7 that the compiler does not mix up with the ids of other kinds.
///
/// Its text is the lower-case form of RFC 9562 (36 characters), in JSON, SQL and URLs alike. Ids order by the time they
/// were made.
public struct TypedID<Entity>: Sendable, Hashable, Comparable, LosslessStringConvertible {
    /// The value itself.
    public let uuid: UUID

    /// A new id, greater than every id this process made before.
    public init() {
        self.uuid = UUIDv7.next()
    }

    /// The id with a known value.
    public init(_ uuid: UUID) {
        self.uuid = uuid
    }

    /// Reads an id from a request; nil unless it is a UUID in its 36-character form.
    public init?(_ description: String) {
        guard description.utf8.count == 36, let uuid = UUID(uuidString: description) else { return nil }
        self.uuid = uuid
    }

    /// The lower-case text.
    public var description: String { uuid.uuidString.lowercased() }

    /// Orders by the bytes, so by time first.
    public static func < (left: Self, right: Self) -> Bool {
        withUnsafeBytes(of: left.uuid.uuid) { leftBytes in
            withUnsafeBytes(of: right.uuid.uuid) { leftBytes.lexicographicallyPrecedes($0) }
        }
    }
}
