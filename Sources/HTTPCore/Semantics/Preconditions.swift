/// The conditional fields of a request, evaluated in the order of RFC 9110 section 13.2.2.
public enum Preconditions {
    /// What the fields say about a request.
    public enum Outcome: Sendable, Hashable {
        /// Perform the method as if there were no conditions; a `Range` may be applied as far as ``isRangeAllowed(_:_:_:)``
        /// says.
        case proceed
        /// Answer 304: the client has the representation.
        case notModified
        /// Answer 412: the state is not the one that the client assumed.
        case failed
    }

    /// Evaluates `If-Match`, `If-Unmodified-Since`, `If-None-Match` and `If-Modified-Since`.
    ///
    /// A tag that the server made for the compressed form of the representation stands for `tag` too, see
    /// ``EntityTag/coded(_:)``.
    ///
    /// - Parameters:
    ///   - request: A request that would succeed without conditions.
    ///   - tag: Tag of the current representation; `nil` when there is none or it has no tag.
    ///   - modified: When it changed last; `nil` when unknown, which leaves the date conditions out.
    /// - Returns: What to do.
    public static func evaluate(
        _ request: HTTPRequestHead,
        tag: EntityTag?,
        modified: HTTPDate? = nil
    ) -> Outcome {
        let headers = request.headers
        if let match = EntityTagList(headers.joined("If-Match")) {
            if !match.matchesStrongly(tag), !match.uncoded.matchesStrongly(tag) { return .failed }
        } else if let modified, let date = HTTPDate(parsing: headers["If-Unmodified-Since"]) {
            if modified > date { return .failed }
        }
        let isRead = request.method == .get || request.method == .head
        if let noneMatch = EntityTagList(headers.joined("If-None-Match")) {
            if noneMatch.matchesWeakly(tag) || matchesCoded(noneMatch, tag, headers) {
                return isRead ? .notModified : .failed
            }
        } else if isRead, let modified, let date = HTTPDate(parsing: headers["If-Modified-Since"]) {
            if modified <= date { return .notModified }
        }
        return .proceed
    }

    private static func matchesCoded(_ list: EntityTagList, _ tag: EntityTag?, _ headers: HTTPHeaders) -> Bool {
        guard list.uncoded.matchesWeakly(tag) else { return false }
        return AcceptEncoding(headers.joined("Accept-Encoding")).weight(of: .gzip) > 0
    }

    /// Whether `Range` may be applied: there is no `If-Range`, or it names the current representation.
    ///
    /// A date only does so when it equals the modification date exactly (RFC 9110 section 13.1.5).
    public static func isRangeAllowed(_ request: HTTPRequestHead, _ tag: EntityTag?, _ modified: HTTPDate?) -> Bool {
        guard request.method == .get else { return false }
        guard let value = request.headers["If-Range"] else { return true }
        if let given = EntityTag(parsing: value) { return tag.map(given.matchesStrongly) ?? false }
        guard let date = HTTPDate(parsing: value) else { return false }
        return date == modified
    }
}
