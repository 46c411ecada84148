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

    @Test func read_takesNullForAbsent() {
        var reader = JSONObjectReader(["name": nil, "count": nil])

        #expect(reader.optionalString("name") == nil)
        #expect(reader.optionalInteger("count", in: 0...1) == nil)
        #expect(reader.contains("name"))
        #expect(throws: Never.self) { try reader.finish() }
    }

    @Test func read_returnsWhatIsThere() throws {
        let id = TenantID()
        var reader = JSONObjectReader([
            "name": "demo", "tenantId": .string(id.description), "on": true, "n": 3, "l": ["a": "b"], "o": ["x": 1],
        ])

        #expect(reader.string("name") == "demo")
        #expect(reader.id("tenantId", TenantID.self) == id)
        #expect(reader.optionalBool("on") == true)
        #expect(reader.optionalInteger("n", in: 1...3) == 3)
        #expect(reader.optionalStrings("l") == ["a": "b"])
        #expect(reader.object("o") == ["x": 1])
        try reader.finish()
    }

    @Test func read_boundsTexts() {
        let found = errors({ _ = $0.string("name", charactersMax: 3) }, of: ["name": "four"])

        #expect(found.map(\.code) == ["TOO_LONG"])
    }
}
