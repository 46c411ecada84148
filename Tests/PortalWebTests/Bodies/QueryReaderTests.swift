import HTTPCore
import Portal
import Testing

@testable import PortalWeb

struct QueryReaderTests {
    private func errors(_ query: String, _ body: (inout QueryReader) -> Void) -> [String] {
        var reader = QueryReader(QueryItems(parsing: query))
        body(&reader)
        do {
            try reader.finish()
            return []
        } catch {
            return (error as? PortalError)?.fields.map { "\($0.field) \($0.code)" } ?? ["\(error)"]
        }
    }

    @Test func finish_reportsEveryWrongParameterAtOnce() {
        let found = errors("tenantId=x&phase=RUNNING,LOST&pageSize=0&label=a&deep=maybe&since=now&pagesize=5") {
            reader in
            _ = reader.id("tenantId", TenantID.self)
            _ = reader.choices("phase", VClusterPhase.self)
            _ = reader.labels("label")
            _ = reader.flag("deep")
            _ = reader.time("since")
            _ = reader.page()
        }

        #expect(
            found == [
                "tenantId INVALID_VALUE", "phase INVALID_VALUE", "label INVALID_VALUE", "deep INVALID_VALUE",
                "since INVALID_VALUE", "pageSize OUT_OF_RANGE", "pagesize UNKNOWN_FIELD",
            ]
        )
    }

    @Test func read_returnsWhatIsThere() throws {
        var reader = QueryReader(
            QueryItems(parsing: "phase=RUNNING,ERROR&phase=PENDING&label=a%3Db,c%3D&q=x%20y&pageSize=7&on=true&empty=")
        )

        let value1 = reader.choices("phase", VClusterPhase.self)
        #expect(value1 == [.running, .error, .pending])
        let value2 = reader.labels("label")
        #expect(value2 == ["a": "b", "c": ""])
        let value3 = reader.string("q")
        #expect(value3 == "x y")
        let value4 = reader.page().size
        #expect(value4 == 7)
        let value5 = reader.flag("on")
        #expect(value5)
        let value6 = reader.string("empty")
        #expect(value6 == nil)
        try reader.finish()
    }

    @Test func require_reportsWhatIsMissingOnce() {
        let missing = errors("") { reader in
            let id = reader.id("userId", UserID.self)
            if id == nil { reader.require("userId") }
        }
        let wrong = errors("userId=7") { reader in
            let id = reader.id("userId", UserID.self)
            if id == nil { reader.require("userId") }
        }

        #expect(missing == ["userId REQUIRED"])
        #expect(wrong == ["userId INVALID_VALUE"])
    }
}
