import HTTPCore
import Testing

/// The kept corpus of `make fuzz` (docs/contributing.md) against the same properties.
struct CorpusTests {
    static let properties: [(target: String, violation: @Sendable ([UInt8]) -> String?)] = [
        ("request", RequestProperty.violation), ("proxy", ProxyProperty.violation),
        ("semantics", SemanticsProperty.violation),
    ]

    @Test(arguments: properties.map(\.target))
    func keptInputs_violateNothing(_ target: String) throws {
        let property = try #require(Self.properties.first { $0.target == target })
        let inputs = try KeptCorpus.inputs(of: target)

        #expect(inputs.count >= 50)
        for (line, input) in inputs.enumerated() {
            #expect(property.violation(input) == nil, "Fuzzing/Corpus/\(target).txt:\(line + 1)")
        }
    }
}
