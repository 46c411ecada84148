import Portal
import Testing

struct ETagTests {
    @Test(arguments: [
        ("\"7\"", true), ("*", true), ("\"6\", \"7\"", true), (" \"7\" ", true), ("\"6\"", false), ("7", false),
        ("W/\"7\"", false), ("", false), ("\"77\"", false),
    ])
    func ifMatch_comparesStrongly(header: String, matches: Bool) {
        let tag = ETag(version: 7)

        #expect(tag.satisfies(ifMatch: header) == matches)
        if matches {
            #expect(throws: Never.self) { try tag.require(ifMatch: header) }
        } else {
            let error = #expect(throws: PortalError.self) { try tag.require(ifMatch: header) }
            #expect(error?.code == .preconditionFailed)
        }
        #expect(throws: Never.self) { try tag.require(ifMatch: nil) }
    }
}
