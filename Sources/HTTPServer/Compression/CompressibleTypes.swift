/// Which media types get smaller by compression.
///
/// A list of what does, not of what does not: images, fonts of the web, archives, audio and video are compressed by
/// themselves, and of an unknown type nothing is known.
enum CompressibleTypes {
    /// Whether content of a type is worth compressing.
    ///
    /// - Parameter contentType: Value of `Content-Type`; parameters are ignored.
    /// - Returns: False for event streams, whose events must not be held back.
    static func contains(_ contentType: String) -> Bool {
        let essence = contentType.prefix { $0 != ";" && $0 != " " }.lowercased()
        if essence.hasPrefix("text/") { return essence != "text/event-stream" }
        return essence.hasSuffix("+json") || essence.hasSuffix("+xml") || others.contains(essence)
    }

    private static let others: Set<String> = [
        "application/javascript", "application/json", "application/jsonl", "application/toml", "application/wasm",
        "application/x-ndjson", "application/x-www-form-urlencoded", "application/x-yaml", "application/xml",
        "application/yaml", "font/otf", "font/ttf", "image/x-icon",
    ]
}
