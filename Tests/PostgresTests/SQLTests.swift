import Testing

@testable import Postgres

struct SQLTests {
    private enum Table: String, SQLIdentifier {
        case tenants
        case odd = "we\"ird"
    }

    @Test func interpolate_bindsValuesInOrder() {
        let name = "x'; DROP TABLE tenants; --"

        let sql: SQL = "SELECT \(name), \(7), \(nil as String?)"

        #expect(sql.text == "SELECT $1, $2, $3")
        #expect(sql.binds == [name, "7", nil])
    }

    @Test func compose_renumbersParameters() {
        let condition: SQL = "name = \("a") AND depth < \(8)"

        let sql: SQL = "SELECT id FROM t WHERE owner = \("me") AND (\(sql: condition)) LIMIT \(5)"

        #expect(sql.text == "SELECT id FROM t WHERE owner = $1 AND (name = $2 AND depth < $3) LIMIT $4")
        #expect(sql.binds == ["me", "a", "8", "5"])
    }

    @Test func compose_leavesDollarsOfLiteralsAlone() {
        let part: SQL = "price = '$1' AND x = \(1) AND é = \(2)"

        let sql = ("a = \(0) AND " as SQL) + part + part

        #expect(
            sql.text == "a = $1 AND price = '$1' AND x = $2 AND é = $3price = '$1' AND x = $4 AND é = $5"
        )
    }

    @Test func compose_renumbersOverTen() {
        let part = (1...12).map { "\($0)" as SQL }.joined(separator: ", ")

        let sql: SQL = "\(0), \(sql: part)"

        #expect(sql.text == (1...13).map { "$\($0)" }.joined(separator: ", "))
        #expect(sql.binds == (0...12).map { "\($0)" })
    }

    @Test func interpolate_quotesIdentifiers() {
        let sql: SQL = "SELECT 1 FROM \(identifier: Table.tenants), \(identifier: Table.odd)"

        #expect(sql.text == "SELECT 1 FROM \"tenants\", \"we\"\"ird\"")
        #expect(sql.binds.isEmpty)
    }

    @Test func join_ofNothingIsEmpty() {
        #expect([SQL]().joined(separator: " AND ").isEmpty)
    }

    @Test func check_refusesNULCharacters() {
        let sql: SQL = "SELECT \("a"), \("b\0c")"

        let error = #expect(throws: PostgresError.self) { try sql.checkBinds(.standard) }
        #expect(error?.kind == .encoding)
    }
}
