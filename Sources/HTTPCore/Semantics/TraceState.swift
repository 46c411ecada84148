/// The grammar of `tracestate` (W3C Trace Context, section 3.3): a list of `key=value`, one for each tracing system that
/// took part.
enum TraceState {
    /// Bytes that are passed on; section 3.3.1.5 asks for at least 512.
    static let bytesMax = 512
    /// Members of a list (section 3.3.1.1).
    static let membersMax = 32

    private static let letters = ByteSet("abcdefghijklmnopqrstuvwxyz")
    private static let digits = ByteSet("0123456789")
    private static let identifier = ByteSet("_-*/", letters, digits)
    private static let visible = ByteSet(0x21...0x7E)

    /// Whether a list may be passed on as it is; members may be empty, a list that is nothing else says nothing.
    static func isValid(_ text: String) -> Bool {
        guard !text.isEmpty, text.utf8.count <= bytesMax else { return false }
        let members = text.split(separator: ",", omittingEmptySubsequences: false).map { ASCII.trimmed($0) }
        return members.count <= membersMax && members.allSatisfy { $0.isEmpty || isMember($0) }
    }

    private static func isMember(_ member: Substring) -> Bool {
        let parts = member.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        return parts.count == 2 && isKey(parts[0]) && isValue(parts[1].utf8)
    }

    /// `simple-key`, or `tenant-id@system-id`.
    private static func isKey(_ key: Substring) -> Bool {
        let parts = key.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(\.utf8)
        guard parts.count == 2 else { return isIdentifier(key.utf8, bytesMax: 256, from: letters) }
        return isIdentifier(parts[0], bytesMax: 241, from: ByteSet("", letters, digits))
            && isIdentifier(parts[1], bytesMax: 14, from: letters)
    }

    private static func isIdentifier(_ text: Substring.UTF8View, bytesMax: Int, from first: ByteSet) -> Bool {
        guard let byte = text.first, first.contains(byte) else { return false }
        return text.count <= bytesMax && text.allSatisfy(identifier.contains)
    }

    /// 1 to 256 printable characters without comma and equals sign, of which the last is not a space.
    private static func isValue(_ value: Substring.UTF8View) -> Bool {
        guard let last = value.last, last != ASCII.space, value.count <= 256 else { return false }
        return value.allSatisfy { (visible.contains($0) || $0 == ASCII.space) && $0 != ASCII.equals }
    }
}
