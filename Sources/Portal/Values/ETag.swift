/// The version of a row as an HTTP entity tag: `"7"` (RFC 9110 section 8.8.3, always strong).
public struct ETag: Sendable, Hashable, CustomStringConvertible {
    /// The version, ≥ 1; every update of the row adds one.
    public let version: Int64

    /// The tag of a version.
    public init(version: Int64) {
        self.version = version
    }

    /// The header value, with its quotes.
    public var description: String { "\"\(version)\"" }

    /// Whether the version satisfies an `If-Match` value: `*` or a list of tags (RFC 9110 section 13.1.1).
    ///
    /// Weak tags never match: the comparison of `If-Match` is strong.
    public func satisfies(ifMatch header: String) -> Bool {
        header.split(separator: ",").contains { candidate in
            let tag = candidate.trimmingSpaces
            return tag == "*" || tag == description
        }
    }

    /// Guards an update: does nothing without a header or when it matches.
    ///
    /// - Throws: `PortalError` `.preconditionFailed`.
    public func require(ifMatch header: String?) throws(PortalError) {
        guard let header, !satisfies(ifMatch: header) else { return }
        throw PortalError(
            .preconditionFailed,
            "Someone changed this in the meantime (it is at version \(self) now). Load it again and repeat your change."
        )
    }
}

extension Substring {
    /// The text without spaces and tabs at its ends.
    fileprivate var trimmingSpaces: Substring {
        var rest = self
        while let first = rest.first, first == " " || first == "\t" { rest.removeFirst() }
        while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
        return rest
    }
}
