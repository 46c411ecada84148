import Testing

/// Migration files: numbered without gaps, in pairs, verb first (docs/operations.md).
struct MigrationTests {
    let tree = SourceTree()

    @Test func migrations_comeInNumberedPairs() throws {
        let files = try tree.files(below: "migrations", endings: ["sql"]).map(\.name)
        let ups = files.filter { $0.hasSuffix(".up.sql") }
        let downs = Set(files.filter { $0.hasSuffix(".down.sql") })

        #expect(!ups.isEmpty)
        #expect(files.count == ups.count * 2)
        for up in ups {
            #expect(up.contains(#/^\d{4}_[a-z]+(_[a-z0-9]+)+\.up\.sql$/#), "\(up) is not NNNN_verb_object.up.sql")
            #expect(downs.contains(up.replacing(".up.sql", with: ".down.sql")), "\(up) has no down file")
        }
        #expect(Set(ups.map { $0.prefix(4) }).count == ups.count, "two migrations share a number")
    }
}
