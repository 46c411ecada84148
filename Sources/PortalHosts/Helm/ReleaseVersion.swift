/// The version of helm, a chart or a cluster as Semantic Versioning writes it, as far as comparing needs it.
public struct ReleaseVersion: Sendable, Hashable, Comparable, LosslessStringConvertible {
    /// Major, minor and patch.
    public let numbers: [Int]
    /// What stands behind a hyphen; empty for a release.
    public let preRelease: String

    /// Reads `0.30.0`, `v0.36.0-rc.1` or `0.30.0+build`; nil for anything else.
    public init?(_ description: String) {
        let text = description.hasPrefix("v") ? description.dropFirst() : description[...]
        let withoutBuild = text.split(separator: "+", maxSplits: 1, omittingEmptySubsequences: false)[0]
        let parts = withoutBuild.split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let fields = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        let numbers = fields.compactMap { field in
            field.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(field) : nil
        }
        guard fields.count == 3, numbers.count == 3 else { return nil }
        self.numbers = numbers
        preRelease = parts.count > 1 ? String(parts[1]) : ""
    }

    /// A release.
    init(_ major: Int, _ minor: Int, _ patch: Int = 0) {
        numbers = [major, minor, patch]
        preRelease = ""
    }

    /// The text without a `v`.
    public var description: String {
        numbers.map(String.init).joined(separator: ".") + (preRelease.isEmpty ? "" : "-\(preRelease)")
    }

    /// Orders by the numbers; a pre-release comes before its release, pre-releases by their text.
    public static func < (left: Self, right: Self) -> Bool {
        if left.numbers != right.numbers { return left.numbers.lexicographicallyPrecedes(right.numbers) }
        if left.preRelease.isEmpty || right.preRelease.isEmpty {
            return !left.preRelease.isEmpty && right.preRelease.isEmpty
        }
        return left.preRelease < right.preRelease
    }
}
