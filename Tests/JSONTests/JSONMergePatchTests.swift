import JSON
import Testing

struct JSONMergePatchTests {
    /// The table of RFC 7396 appendix A.
    static let vectors: [(original: String, patch: String, result: String)] = [
        (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{"a":"c"}"#),
        (#"{"a":"b"}"#, #"{"b":"c"}"#, #"{"a":"b","b":"c"}"#),
        (#"{"a":"b"}"#, #"{"a":null}"#, #"{}"#),
        (#"{"a":"b","b":"c"}"#, #"{"a":null}"#, #"{"b":"c"}"#),
        (#"{"a":["b"]}"#, #"{"a":"c"}"#, #"{"a":"c"}"#),
        (#"{"a":"c"}"#, #"{"a":["b"]}"#, #"{"a":["b"]}"#),
        (#"{"a":{"b":"c"}}"#, #"{"a":{"b":"d","c":null}}"#, #"{"a":{"b":"d"}}"#),
        (#"{"a":[{"b":"c"}]}"#, #"{"a":[1]}"#, #"{"a":[1]}"#),
        (#"["a","b"]"#, #"["c","d"]"#, #"["c","d"]"#),
        (#"{"a":"b"}"#, #"["c"]"#, #"["c"]"#),
        (#"{"a":"foo"}"#, "null", "null"),
        (#"{"a":"foo"}"#, #""bar""#, #""bar""#),
        (#"{"e":null}"#, #"{"a":1}"#, #"{"e":null,"a":1}"#),
        (#"[1,2]"#, #"{"a":"b","c":null}"#, #"{"a":"b"}"#),
        (#"{}"#, #"{"a":{"bb":{"ccc":null}}}"#, #"{"a":{"bb":{}}}"#),
    ]

    @Test(arguments: vectors)
    func patch_followsTheStandard(original: String, patch: String, result: String) throws {
        let patched = try JSONValue(parsing: original).mergePatched(by: JSONValue(parsing: patch))

        #expect(patched.encodedString() == result)
    }

    @Test
    func patch_keepsPlaces() throws {
        let original = try JSONValue(parsing: #"{"a":1,"b":{"x":1,"y":2},"c":3}"#)
        let patched = original.mergePatched(by: ["b": ["x": 5], "d": 4])

        #expect(patched.encodedString() == #"{"a":1,"b":{"x":5,"y":2},"c":3,"d":4}"#)
    }
}
