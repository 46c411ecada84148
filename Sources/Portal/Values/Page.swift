public import JSON

/// One page of a list, with the way to the next.
public struct Page<Item: Sendable>: Sendable {
    /// At most as many as were asked for, in the order of the list.
    public let items: [Item]
    /// The token of the next page; nil on the last one.
    public let nextPageToken: String?

    /// A page that is known to be complete as it is.
    public init(items: [Item], nextPageToken: String? = nil) {
        self.items = items
        self.nextPageToken = nextPageToken
    }

    /// A page out of a query for one row more than the page holds: that row only tells that there is a next page.
    ///
    /// - Parameters:
    ///   - rows: What the query gave, at most `request.size + 1` rows.
    ///   - request: The page that was asked for.
    ///   - cursor: The position of a row in the list.
    public init(rows: [Item], request: PageRequest, cursor: (Item) -> PageCursor) {
        let items = Array(rows.prefix(request.size))
        self.items = items
        self.nextPageToken = rows.count > request.size ? items.last.map { cursor($0).token } : nil
    }

    /// A page of a list that is sorted by ids.
    ///
    /// - Parameters:
    ///   - rows: What the query gave, at most `request.size + 1` rows.
    ///   - request: The page that was asked for.
    ///   - list: The name of the list.
    ///   - position: The id of a row.
    init<Entity>(rows: [Item], request: PageRequest, list: String, position: (Item) -> TypedID<Entity>) {
        self.init(rows: rows, request: request) { PageCursor(list: list, keys: [position($0).description]) }
    }

    /// The same page of other values.
    public func map<Other: Sendable>(_ transform: (Item) throws -> Other) rethrows -> Page<Other> {
        Page<Other>(items: try items.map(transform), nextPageToken: nextPageToken)
    }
}

extension Page: JSONRepresentable where Item: JSONRepresentable {
    /// `{"items":[…],"nextPageToken":…}`.
    public var json: JSONValue {
        [
            "items": .array(items.map(\.json)),
            "nextPageToken": nextPageToken.map { .string($0) } ?? .null,
        ]
    }
}

/// Which page of a list is wanted.
public struct PageRequest: Sendable, Hashable {
    /// How many items, 1 … `PortalLimits.Pages.sizeMax`.
    public let size: Int
    /// The token of the page, from the page before; nil for the first.
    public let token: String?

    /// The first page in the default size.
    public static let first = PageRequest(unchecked: PortalLimits.Pages.sizeDefault, token: nil)

    /// Checks what a caller sent.
    ///
    /// - Parameters:
    ///   - size: The size; nil for the default.
    ///   - token: The page token; nil or empty for the first page.
    /// - Throws: `PortalError` `.invalidArgument` for a size out of bounds or a token that is too long.
    public init(size: Int? = nil, token: String? = nil) throws(PortalError) {
        let size = size ?? PortalLimits.Pages.sizeDefault
        guard (1...PortalLimits.Pages.sizeMax).contains(size) else {
            throw .invalid(
                "pageSize",
                FieldErrorCode.outOfRange,
                "must be between 1 and \(PortalLimits.Pages.sizeMax)"
            )
        }
        if let token, token.utf8.count > PortalLimits.Pages.tokenLengthMax { throw PageCursor.invalidToken }
        self.init(unchecked: size, token: token.flatMap { $0.isEmpty ? nil : $0 })
    }

    private init(unchecked size: Int, token: String?) {
        self.size = size
        self.token = token
    }

    /// How many rows a query has to ask for: one more than the page holds.
    public var rowsMax: Int { size + 1 }

    /// The position after which the page starts; nil for the first page.
    ///
    /// A token of another list, or one with another number of keys, is refused.
    ///
    /// - Throws: `PortalError` `.invalidArgument` on `pageToken`.
    public func cursor(list: String, count: Int) throws(PortalError) -> PageCursor? {
        guard let token else { return nil }
        guard let cursor = PageCursor(token: token), cursor.list == list, cursor.keys.count == count else {
            throw PageCursor.invalidToken
        }
        return cursor
    }

    /// The row after which the page starts, in a list that is sorted by ids; nil for the first page.
    ///
    /// - Throws: `PortalError` `.invalidArgument` on `pageToken`.
    func position<Entity>(in list: String) throws(PortalError) -> TypedID<Entity>? {
        guard let cursor = try cursor(list: list, count: 1) else { return nil }
        return try cursor.id(at: 0)
    }
}

/// A position in a list: the sort keys of its last row.
///
/// Its token is opaque to callers.
public struct PageCursor: Sendable, Hashable {
    /// The name of the list.
    public let list: String
    /// The sort keys as text, in the order of the list's `ORDER BY`.
    public let keys: [String]

    /// The position of a row.
    public init(list: String, keys: [String]) {
        self.list = list
        self.keys = keys
    }

    /// Reads a token; nil when it is not one.
    public init?(token: String) {
        guard let bytes = Base64URL.decode(token), let json = try? JSONValue(parsing: bytes),
            let parts = json.array?.compactMap(\.string), parts.count == json.array?.count, let list = parts.first
        else { return nil }
        self.init(list: list, keys: Array(parts.dropFirst()))
    }

    /// The text of the position.
    public var token: String {
        Base64URL.encode(JSONValue.array(([list] + keys).map { .string($0) }).encoded())
    }

    /// The error for a token that was made up or belongs to another list.
    public static let invalidToken = PortalError.invalid(
        "pageToken",
        FieldErrorCode.invalidValue,
        "is not a token of this list; start again without one"
    )

    /// The key at an index as an id.
    ///
    /// - Throws: `PortalError` `.invalidArgument` on `pageToken`.
    public func id<Entity>(at index: Int) throws(PortalError) -> TypedID<Entity> {
        guard keys.indices.contains(index), let id = TypedID<Entity>(keys[index]) else { throw Self.invalidToken }
        return id
    }
}
