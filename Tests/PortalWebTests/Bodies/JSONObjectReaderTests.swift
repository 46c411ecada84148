import JSON
import Portal
import Testing

@testable import PortalWeb

struct JSONObjectReaderTests {
    private func errors(_ body: (inout JSONObjectReader) -> Void, of object: JSONObject) -> [FieldError] {
        var reader = JSONObjectReader(object)
        body(&reader)
        do {
            try reader.finish()
            return []
        } catch let error as PortalError {
            return error.fields
        } catch {
            return [FieldError(field: "?", code: "?", message: "\(error)")]
        }
    }

    @Test func finish_reportsEveryWrongMemberAtOnce() {
        let found = errors(
            { reader in
                _ = reader.string("name")
                _ = reader.id("tenantId", TenantID.self)
                _ = reader.optionalInteger("replicas", in: 1...5)
                _ = reader.optionalTime("expiresAt")
                _ = reader.optionalBool("force")
                _ = reader.optionalStrings("labels")
                _ = reader.choice("role", placeholder: Role.viewer)
            },
            of: [
                "tenantId": 7, "replicas": 9, "expiresAt": "soon", "force": "yes", "labels": ["a": 1], "role": "king",
                "extra": true,
            ]
        )

        #expect(
            found.map { "\($0.field) \($0.code)" } == [
                "name REQUIRED", "tenantId INVALID_TYPE", "replicas OUT_OF_RANGE", "expiresAt INVALID_VALUE",
                "force INVALID_TYPE", "labels.a INVALID_TYPE", "role INVALID_VALUE", "extra UNKNOWN_FIELD",
            ]
        )
    }

    @Test func read_takesNullForAbsent() throws {
        var reader = JSONObjectReader(["name": nil, "count": nil])

        let value1 = reader.optionalString("name")
        #expect(value1 == nil)
        let value2 = reader.optionalInteger("count", in: 0...1)
        #expect(value2 == nil)
        let value3 = reader.contains("name")
        #expect(value3)
        try reader.finish()
    }

    @Test func read_returnsWhatIsThere() throws {
        let id = TenantID()
        var reader = JSONObjectReader([
            "name": "demo", "tenantId": .string(id.description), "on": true, "n": 3, "l": ["a": "b"], "o": ["x": 1],
        ])

        let value4 = reader.string("name")
        #expect(value4 == "demo")
        let value5 = reader.id("tenantId", TenantID.self)
        #expect(value5 == id)
        let value6 = reader.optionalBool("on")
        #expect(value6 == true)
        let value7 = reader.optionalInteger("n", in: 1...3)
        #expect(value7 == 3)
        let value8 = reader.optionalStrings("l")
        #expect(value8 == ["a": "b"])
        let value9 = reader.object("o")
        #expect(value9 == ["x": 1])
        try reader.finish()
    }

    @Test func read_boundsTexts() {
        let found = errors({ _ = $0.string("name", charactersMax: 3) }, of: ["name": "four"])

        #expect(found.map(\.code) == ["TOO_LONG"])
    }
}
