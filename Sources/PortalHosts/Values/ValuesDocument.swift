import JSON

/// Building and merging of values documents.
extension JSONObject {
    /// Sets the value at a path of keys and makes the mappings on the way; a nil value changes nothing.
    mutating func set(_ path: String..., to value: JSONValue?) {
        guard let value else { return }
        set(path[...], to: value)
    }

    private mutating func set(_ path: ArraySlice<String>, to value: JSONValue) {
        guard let key = path.first else { return }
        guard path.count > 1 else { return self[key] = value }
        var member = self[key]?.object ?? [:]
        member.set(path.dropFirst(), to: value)
        self[key] = .object(member)
    }

    /// Merges another document over this one as Helm merges values files: mappings key by key, all else replaces.
    ///
    /// A `null` stays in the result, because Helm takes it as "without the chart's default".
    func valuesMerged(with over: JSONObject) -> JSONObject {
        var merged = self
        for (key, value) in over {
            if case .object(let upper) = value, case .object(let lower)? = merged[key] {
                merged[key] = .object(lower.valuesMerged(with: upper))
            } else {
                merged[key] = value
            }
        }
        return merged
    }

    /// The value at a path of keys.
    func value(at path: String...) -> JSONValue? {
        var current: JSONValue? = .object(self)
        for key in path { current = current?[key] }
        return current
    }

    /// An object of texts in the order of their keys, so that the same labels give the same document.
    init(texts: [String: String]) {
        self.init(texts.sorted { $0.key < $1.key }.map { (key: $0.key, value: JSONValue.string($0.value)) })
    }
}
