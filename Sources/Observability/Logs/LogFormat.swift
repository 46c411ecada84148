/// How log lines look.
public enum LogFormat: String, Sendable, Hashable, CaseIterable {
    /// One JSON object a line, for programs.
    case json
    /// Words and `key=value`, for people.
    case text
}
