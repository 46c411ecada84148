import Crypto

/// The names that the syncer gives to objects on the host.
enum SyncedName {
    /// Longest name of most Kubernetes objects and longest label value.
    static let lengthMax = 63
    /// Characters kept of a name that is too long; a hyphen and ten digits of its hash follow.
    private static let lengthKept = 52

    /// Joins parts by hyphens; beyond 63 characters the end is replaced by a hash of the whole.
    static func joined(_ parts: [String]) -> String {
        let full = parts.joined(separator: "-")
        guard full.utf8.count > lengthMax else { return full }
        let digest = SHA256.hash(data: Array(full.utf8))
        let digits = digest.prefix(5).map { byte in
            let text = String(byte, radix: 16)
            return text.count == 1 ? "0\(text)" : text
        }
        let kept = String(decoding: full.utf8.prefix(lengthKept), as: UTF8.self)
        return "\(kept)-\(digits.joined())".replacing(".-", with: "-")
    }
}
