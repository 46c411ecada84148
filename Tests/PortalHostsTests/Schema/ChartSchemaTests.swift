import JSON
import Testing

@testable import PortalHosts

struct ChartSchemaTests {
    private static let schema = """
        {
          "$defs": {
            "Switch": {"type": "object", "additionalProperties": false, "required": ["enabled"],
                       "properties": {"enabled": {"oneOf": [{"type": "string"}, {"type": "boolean"}]}}},
            "Pool": {"type": "object", "additionalProperties": false, "required": ["name", "quantity"],
                     "properties": {"name": {"type": "string", "pattern": "^[a-z]+$", "minLength": 2},
                                    "quantity": {"type": "integer", "minimum": 1, "maximum": 9}}}
          },
          "type": "object",
          "additionalProperties": false,
          "properties": {
            "replicas": {"type": "integer"},
            "feature": {"$ref": "#/$defs/Switch"},
            "pools": {"type": "array", "items": {"$ref": "#/$defs/Pool"}},
            "labels": {"type": "object", "additionalProperties": {"type": "string"}},
            "mode": {"enum": ["fast", "safe"]},
            "size": {"type": ["string", "integer"]},
            "ports": {"type": "object", "patternProperties": {"^p[0-9]+$": {"type": "integer"}},
                      "additionalProperties": false},
            "anything": {},
            "choice": {"anyOf": [{"type": "string"}, {"type": "object", "required": ["name"]}]},
            "global": {"type": "object"}
          }
        }
        """

    private func violations(_ document: String) throws -> [SchemaViolation] {
        try ChartSchema(parsing: Array(Self.schema.utf8)).violations(in: JSONValue(parsing: document))
    }

    @Test(arguments: [
        #"{}"#,
        #"{"replicas": 3, "feature": {"enabled": "auto"}, "size": "1Gi", "mode": "safe"}"#,
        #"{"replicas": 3.0, "feature": {"enabled": true}, "size": 5}"#,
        #"{"pools": [{"name": "ab", "quantity": 1}], "labels": {"a/b": "c"}, "ports": {"p1": 80}}"#,
        #"{"anything": [1, {"x": null}], "global": {"free": {"form": 1}}, "choice": "x"}"#,
        #"{"choice": {"name": 1}}"#,
    ])
    func violations_areNoneForGoodDocuments(document: String) throws {
        #expect(try violations(document) == [])
    }

    @Test(arguments: [
        (#"{"replicas": "3"}"#, "replicas", SchemaViolation.Rule.wrongType),
        (#"{"replicas": 3.5}"#, "replicas", .wrongType),
        (#"{"nope": 1}"#, "nope", .unknownKey),
        (#"{"feature": {}}"#, "feature.enabled", .missingKey),
        (#"{"feature": {"enabled": 1}}"#, "feature.enabled", .wrongType),
        (#"{"pools": [{"name": "ab", "quantity": 0}]}"#, "pools[0].quantity", .outOfRange),
        (#"{"pools": [{"name": "ab", "quantity": 10}]}"#, "pools[0].quantity", .outOfRange),
        (#"{"pools": [{"name": "AB", "quantity": 1}]}"#, "pools[0].name", .outOfRange),
        (#"{"labels": {"a.b/c": 1}}"#, #"labels["a.b/c"]"#, .wrongType),
        (#"{"mode": "slow"}"#, "mode", .notAllowed),
        (#"{"size": true}"#, "size", .wrongType),
        (#"{"ports": {"x": 1}}"#, "ports.x", .unknownKey),
        (#"{"ports": {"p1": "x"}}"#, "ports.p1", .wrongType),
        (#"{"choice": 1}"#, "choice", .wrongType),
        (#"{"choice": {}}"#, "choice.name", .missingKey),
        (#"[]"#, "", .wrongType),
    ])
    func violations_nameThePathAndTheRule(document: String, path: String, rule: SchemaViolation.Rule) throws {
        let found = try violations(document)

        #expect(found.map(\.path) == [path])
        #expect(found.map(\.rule) == [rule])
    }

    @Test func violations_areAllReportedInTheOrderOfTheDocument() throws {
        let found = try violations(#"{"mode": 1, "pools": [{"quantity": "x", "nam": "a"}], "zzz": {}}"#)

        #expect(found.map(\.path) == ["mode", "pools[0].quantity", "pools[0].nam", "pools[0].name", "zzz"])
    }

    @Test func violations_suggestTheKeyThatWasMeant() throws {
        let found = try violations(#"{"replica": 3, "qqqqqqq": 1}"#)

        #expect(found[0].message == #"The chart does not know the key "replica". Did you mean "replicas"?"#)
        #expect(found[1].message == #"The chart does not know the key "qqqqqqq"."#)
    }

    @Test func violations_acceptNullForKnownKeysOnly() throws {
        #expect(try violations(#"{"replicas": null, "feature": {"enabled": null}}"#) == [])
        #expect(try violations(#"{"replica": null}"#).map(\.rule) == [.unknownKey])
    }

    @Test func violations_stopAtTheLimit() throws {
        var limits = HostLimits()
        limits.schemaViolationsMax = 3
        let schema = try ChartSchema(parsing: Array(Self.schema.utf8), limits: limits)
        let document = JSONObject((0..<100).map { (key: "x\($0)", value: JSONValue.null) })

        #expect(schema.violations(in: .object(document)).count == 3)
    }

    @Test func violations_endForSchemasThatReferToThemselves() throws {
        let text = ##"{"$defs": {"A": {"$ref": "#/$defs/A"}}, "$ref": "#/$defs/A"}"##
        let schema = try ChartSchema(parsing: Array(text.utf8))

        #expect(schema.violations(in: 1).map(\.rule) == [.tooDeep])
    }

    @Test(arguments: [
        (#"{"type": "text"}"#, ChartSchemaError.invalidKeyword(keyword: "type", at: "#")),
        (#"{"type": []}"#, .invalidKeyword(keyword: "type", at: "#")),
        (#"{"type": ["string", "text"]}"#, .invalidKeyword(keyword: "type", at: "#")),
        (##"{"$ref": "#/$defs/None"}"##, .unresolvedReference("#/$defs/None")),
        (#"{"properties": {"a": 1}}"#, .invalidKeyword(keyword: "schema", at: "#/properties/a")),
        (#"{"pattern": "("}"#, .invalidKeyword(keyword: "pattern", at: "#")),
    ])
    func init_refusesBrokenSchemas(text: String, expected: ChartSchemaError) throws {
        #expect(throws: expected) {
            _ = try ChartSchema(parsing: Array(text.utf8))
        }
    }

    @Test(arguments: ["{", "", "nul"]) func init_refusesWhatIsNoJSON(text: String) {
        #expect(throws: ChartSchemaError.self) {
            _ = try ChartSchema(parsing: Array(text.utf8))
        }
    }

    @Test func load_reportsAMissingFile() {
        #expect(throws: ChartSchemaError.unreadable(path: "/nowhere/schema.json")) {
            _ = try ChartSchema.load(path: "/nowhere/schema.json")
        }
    }

    /// Whatever happens to the bytes of a schema, reading it and checking with it neither crashes nor hangs.
    @Test(arguments: 0..<8) func init_survivesMutatedSchemas(seed: Int) throws {
        var generator = SeededGenerator(seed: UInt64(seed))
        let document = try JSONValue(parsing: #"{"replicas": 1, "pools": [{"name": "ab"}], "feature": {"x": 1}}"#)
        for _ in 0..<60 {
            var bytes = Array(Self.schema.utf8)
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let index = Int.random(in: bytes.indices, using: &generator)
                bytes[index] = UInt8.random(in: 32...126, using: &generator)
            }
            guard let schema = try? ChartSchema(parsing: bytes) else { continue }
            _ = schema.violations(in: document)
        }
    }
}
