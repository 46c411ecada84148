import Glibc

/// Sole owner of a file descriptor: closes it once, when the owner goes away.
public struct Descriptor: ~Copyable, Sendable {
    /// The descriptor, ≥ 0; valid as long as the owner lives.
    public let number: Int32

    /// Takes over a descriptor that nobody else closes.
    public init(adopting number: Int32) {
        self.number = number
    }

    deinit {
        // An error of close(2) leaves nothing to do: on Linux the descriptor is gone in any case.
        _ = Glibc.close(number)
    }

    /// Gives the descriptor up without closing it.
    public consuming func release() -> Int32 {
        let number = number
        discard self
        return number
    }
}
