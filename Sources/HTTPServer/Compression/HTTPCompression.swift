/// Whether the server may compress the content of a response; see docs/http.md.
public struct HTTPCompression: Sendable, Hashable {
    private let mode: Mode

    private enum Mode: Hashable {
        case automatic, never, gzipStream
    }

    /// When the client accepts it and it is worth it.
    public static let automatic = HTTPCompression(mode: .automatic)
    /// Not at all: for content that shows a secret.
    ///
    /// The length of compressed content tells whether a secret in it has something in common with text beside it that a
    /// stranger chose (CRIME, BREACH).
    public static let never = HTTPCompression(mode: .never)
    /// Decided for a stream: each piece goes through a compressor, as long as there is a free one.
    static let gzipStream = HTTPCompression(mode: .gzipStream)
}
