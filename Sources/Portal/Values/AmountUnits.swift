/// An amount of CPU in thousandths of a core.
public struct Millicores: Sendable, Hashable, Comparable {
    /// Thousandths of a core.
    public let value: Int64

    /// An amount in thousandths of a core.
    public init(_ value: Int64) {
        self.value = value
    }

    /// Orders by amount.
    public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}

/// An amount of memory or storage in bytes.
public struct Bytes: Sendable, Hashable, Comparable {
    /// Bytes.
    public let value: Int64

    /// An amount in bytes.
    public init(_ value: Int64) {
        self.value = value
    }

    /// Orders by amount.
    public static func < (left: Self, right: Self) -> Bool { left.value < right.value }
}
