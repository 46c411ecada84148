extension EntityTag {
    /// The tag of this representation in a content coding.
    ///
    /// A strong tag promises equal bytes, so each coding needs one of its own (RFC 9110 section 8.8.3.3); it gets the
    /// coding as a suffix, which ``uncoded`` takes off. Making it weak instead would take `If-Match` from every client
    /// that accepts gzip, since that compares strongly. A weak tag holds for all codings as it is.
    ///
    /// - Parameter coding: The coding that is put on the content.
    /// - Returns: For example `"5-gzip"` for `"5"`.
    public func coded(_ coding: ContentCoding) -> EntityTag {
        guard !isWeak, coding != .identity else { return self }
        return EntityTag(opaque + "-" + coding.rawValue)
    }

    /// The tag without the suffix of ``coded(_:)``: the one that the handler gave.
    public var uncoded: EntityTag {
        guard !isWeak else { return self }
        for coding in [ContentCoding.gzip, .brotli] where opaque.hasSuffix("-" + coding.rawValue) {
            return EntityTag(String(opaque.dropLast(coding.rawValue.utf8.count + 1)))
        }
        return self
    }
}

extension EntityTagList {
    /// The list as a handler knows it that leaves compression to the server: without the suffixes of codings.
    ///
    /// Right for `If-Match`, which asks about the state, however its representation was coded. For `If-None-Match` only
    /// when the client accepts the coding: it could not use the copy that a 304 tells it to.
    public var uncoded: EntityTagList {
        guard case .tags(let tags) = self else { return self }
        return .tags(tags.map(\.uncoded))
    }

    /// As on the wire.
    public var description: String {
        switch self {
        case .any: "*"
        case .tags(let tags): tags.map(\.description).joined(separator: ", ")
        }
    }
}
