import JSON
import Testing

struct JSONObjectTests {
    @Test(arguments: [3, 12, 13, 500])
    func object_keepsOrderAndFindsKeys(count: Int) throws {
        var object = JSONObject()
        for index in (0..<count).reversed() {
            object["key \(index)"] = JSONValue(index)
        }
        object["key 0"] = "changed"

        #expect(object.count == count)
        #expect(Array(object.keys) == (0..<count).reversed().map { "key \($0)" })
        #expect(object["key \(count - 1)"] == JSONValue(count - 1))
        #expect(object["key 0"] == "changed")
        #expect(object["missing"] == nil)
        #expect(object.map(\.key) == Array(object.keys))
    }

    @Test
    func remove_keepsTheOthersFindable() {
        var object = JSONObject((0..<40).map { (key: "\($0)", value: JSONValue($0)) })
        for index in stride(from: 0, to: 40, by: 2) {
            #expect(object.removeValue(forKey: "\(index)") == JSONValue(index))
        }
        object["1"] = nil

        #expect(object.removeValue(forKey: "0") == nil)
        #expect(object.count == 19)
        #expect(Array(object.keys).first == "3")
        for index in stride(from: 3, to: 40, by: 2) {
            #expect(object["\(index)"] == JSONValue(index))
        }
    }

    @Test
    func equality_ignoresOrder() {
        let one: JSONObject = ["a": 1, "b": ["x": 1, "y": 2]]
        let other: JSONObject = ["b": ["y": 2, "x": 1], "a": 1]

        #expect(one == other)
        #expect(one.hashValue == other.hashValue)
        #expect(one != ["a": 1])
        #expect(one != ["a": 1, "c": ["x": 1, "y": 2]])
    }

    @Test
    func literal_keepsFirstPlaceAndLastValueOfARepeatedKey() {
        let object: JSONObject = ["a": 1, "b": 2, "a": 3]

        #expect(JSONValue.object(object).encodedString() == #"{"a":3,"b":2}"#)
    }

    @Test
    func null_isAValueAndNilIsNone() {
        var object: JSONObject = ["a": 1]
        object["b"] = .null
        object["a"] = nil

        #expect(object["b"] == .null)
        #expect(object["a"] == nil)
        #expect(object.count == 1)
    }

    @Test
    func defaultSubscript_changesInPlace() {
        var object: JSONObject = [:]
        object["a", default: [:]]["x"] = 1
        object["a", default: [:]]["y"] = 2

        #expect(object == ["a": ["x": 1, "y": 2]])
    }
}
