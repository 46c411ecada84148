public import JSON

/// The version of an API server.
public struct KubernetesVersion: Sendable, Hashable, CustomStringConvertible {
    /// Such as 1.
    public let major: Int
    /// Such as 20; what a vendor appends, as in `20+`, is dropped.
    public let minor: Int
    /// The whole version, such as `v1.20.2`.
    public let gitVersion: String

    /// Reads the answer of `/version`; nil when it is another document.
    ///
    /// - Parameter json: An object with `major`, `minor` and `gitVersion`.
    public init?(json: JSONValue) {
        guard let git = json["gitVersion"]?.string, let major = Self.number(json["major"]?.string),
            let minor = Self.number(json["minor"]?.string)
        else { return nil }
        self.major = major
        self.minor = minor
        self.gitVersion = git
    }

    /// The whole version, such as `v1.20.2`.
    public var description: String { gitVersion }

    private static func number(_ text: String?) -> Int? {
        text.flatMap { Int($0.prefix { $0.isNumber }) }
    }
}
