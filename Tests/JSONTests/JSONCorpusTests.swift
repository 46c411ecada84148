import JSON
import Testing

/// The kept corpus of `make fuzz` (docs/contributing.md) against the same properties.
struct JSONCorpusTests {
    @Test func keptInputs_violateNothing() throws {
        let inputs = try KeptCorpus.inputs(of: "json")

        #expect(inputs.count >= 50)
        for (line, input) in inputs.enumerated() {
            #expect(JSONProperty.violation(in: input) == nil, "Fuzzing/Corpus/json.txt:\(line + 1)")
        }
    }
}
