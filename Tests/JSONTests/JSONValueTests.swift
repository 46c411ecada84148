import JSON
import Testing

struct JSONValueTests {
    @Test
    func literals_makeEveryKind() {
        let name = "x"
        let value: JSONValue = [
            "null": nil, "bool": true, "int": -1, "double": 2.5, "string": "s\(name)", "array": [1, "a"],
        ]

        #expect(
            value.encodedString()
                == #"{"null":null,"bool":true,"int":-1,"double":2.5,"string":"sx","array":[1,"a"]}"#
        )
    }

    @Test
    func accessors_answerForTheirKindOnly() {
        let values: [JSONValue] = [.null, true, 1, "1", [1], ["a": 1]]

        #expect(values.map(\.isNull) == [true, false, false, false, false, false])
        #expect(values.map(\.bool) == [nil, true, nil, nil, nil, nil])
        #expect(values.map(\.int) == [nil, nil, 1, nil, nil, nil])
        #expect(values.map(\.double) == [nil, nil, 1.0, nil, nil, nil])
        #expect(values.map(\.string) == [nil, nil, nil, "1", nil, nil])
        #expect(values.map(\.array) == [nil, nil, nil, nil, [1], nil])
        #expect(values.map(\.object) == [nil, nil, nil, nil, nil, ["a": 1]])
    }

    @Test
    func subscripts_giveNilOutside() {
        let value: JSONValue = ["list": [1, ["x": "y"]], "null": nil]

        #expect(value["list"]?[1]?["x"]?.string == "y")
        #expect(value["list"]?[2] == nil)
        #expect(value["list"]?[-1] == nil)
        #expect(value["list"]?["x"] == nil)
        #expect(value["null"] == .null)
        #expect(value["missing"] == nil)
        #expect(value[0] == nil)
    }

    @Test
    func subscript_writesIntoObjects() {
        var value: JSONValue = ["a": ["b": 1], "c": 1]
        value["a"]?["b"] = 2
        value["a"]?["d"] = 3
        value["missing"]?["x"] = 1
        value["c"]?["x"] = 1
        value["e"] = nil

        #expect(value == ["a": ["b": 2, "d": 3], "c": 1])

        var null = JSONValue.null
        null["a"] = 1
        #expect(null == ["a": 1])
    }

    @Test
    func representables_makeValues() {
        #expect(JSONValue("text") == "text")
        #expect(JSONValue(Int64.max).encodedString() == "9223372036854775807")
        #expect(JSONValue(nil as String?) == .null)
        #expect(JSONValue("a" as String?) == "a")
        #expect(JSONValue(["a", "b"]) == ["a", "b"])
        #expect(JSONValue([1, nil]) == [1, nil])
        #expect(JSONValue(0.5) == 0.5)
    }
}
