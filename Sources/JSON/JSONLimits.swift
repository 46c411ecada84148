/// Bounds of one parse; beyond one of them the parser throws instead of growing.
///
/// A document comes from a network peer most of the time, so neither its size nor its nesting (the parser
/// recurses once a level) may be the peer's choice.
public struct JSONLimits: Sendable, Hashable {
    /// Largest document, in bytes of UTF-8.
    public var documentBytesMax: Int
    /// Deepest nesting of arrays and objects; `[]` has depth 1, a bare scalar depth 0.
    public var depthMax: Int
    /// Longest number, in bytes of its text.
    ///
    /// IEEE 754 doubles need 25; the rest is for exact decimals.
    public var numberBytesMax: Int

    /// Bounds that hold for any document of the product unless a caller knows better.
    ///
    /// 32 MiB is above the largest page of a Kubernetes list (500 objects of at most 1.5 MiB each are
    /// bounded once more by the client), 128 levels are above any custom resource definition schema.
    public static let standard = JSONLimits()

    /// Makes bounds from the standard ones.
    ///
    /// - Parameters:
    ///   - documentBytesMax: Largest document, in bytes.
    ///   - depthMax: Deepest nesting of arrays and objects.
    ///   - numberBytesMax: Longest number, in bytes.
    public init(documentBytesMax: Int = 32 * 1024 * 1024, depthMax: Int = 128, numberBytesMax: Int = 256) {
        precondition(documentBytesMax >= 0 && depthMax >= 0 && numberBytesMax > 0)
        self.documentBytesMax = documentBytesMax
        self.depthMax = depthMax
        self.numberBytesMax = numberBytesMax
    }
}
