extension JSONValue {
    /// Applies a JSON merge patch (RFC 7396).
    ///
    /// Objects are merged member by member, `null` removes a member, everything else replaces. A patch
    /// that is no object replaces the whole value.
    ///
    /// - Parameter patch: The patch document.
    /// - Returns: The patched value; members that the patch does not name keep their place.
    public func mergePatched(by patch: JSONValue) -> JSONValue {
        guard case .object(let changes) = patch else { return patch }
        var merged = object ?? [:]
        for (key, change) in changes {
            if change.isNull {
                merged.removeValue(forKey: key)
            } else {
                merged[key] = (merged[key] ?? .null).mergePatched(by: change)
            }
        }
        return .object(merged)
    }
}
