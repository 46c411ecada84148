/// A secret that cannot be printed by accident.
///
/// Descriptions, debug descriptions, reflection and `dump` all show a placeholder; only `reveal()` gives the
/// value, so every use of a secret can be found by that name.
public struct Redacted<Value: Sendable>: Sendable {
    private let value: Value

    /// Wraps a secret.
    ///
    /// - Parameter value: What must not be printed.
    public init(_ value: Value) {
        self.value = value
    }

    /// Gives the secret, for the wire only.
    public func reveal() -> Value {
        value
    }
}

extension Redacted: Equatable where Value: Equatable {}
extension Redacted: Hashable where Value: Hashable {}

extension Redacted: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// Always the same placeholder.
    public var description: String { "<redacted>" }

    /// Always the same placeholder.
    public var debugDescription: String { "<redacted>" }

    /// No children, so that `dump` and default descriptions of enclosing types show nothing either.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
