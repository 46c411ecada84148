import Foundation
import JSON
import PortalTesting
import Testing

@testable import Postgres

struct ValueTests {
    private enum Phase: String, PostgresCodable, PostgresArrayElement {
        case running = "RUNNING"
        case suspended = "SUSPENDED"
    }

    private func roundTrip<T: PostgresCodable & Equatable>(_ values: [T], as type: SQL) async throws {
        try await TestDatabase.withLease(content: .empty) { test in
            for value in values {
                let row = try #require(try await test.database.first("SELECT \(value)::\(sql: type) AS value"))
                #expect(try row.decode("value") == value)
            }
        }
    }

    @Test func roundTrip_integers() async throws {
        try await roundTrip([0, 1, -1, Int64.max, Int64.min], as: "bigint")
        try await roundTrip([0, Int32.max, Int32.min], as: "integer")
        try await roundTrip([0, Int16.max, Int16.min], as: "smallint")
        try await roundTrip([Int.max, Int.min], as: "int8")
    }

    @Test func roundTrip_doubles() async throws {
        try await roundTrip([0, 0.1, -1.5e300, .pi, .leastNonzeroMagnitude, .infinity], as: "float8")
    }

    @Test func roundTrip_booleans() async throws {
        try await roundTrip([true, false], as: "boolean")
    }

    @Test func roundTrip_strings() async throws {
        try await roundTrip(["", "a", "é漢🧪", "'\"\\", String(repeating: "x", count: 300_000)], as: "text")
    }

    @Test func roundTrip_bytes() async throws {
        try await roundTrip([[], [0], Array(0...255)] as [[UInt8]], as: "bytea")
    }

    @Test func roundTrip_identifiers() async throws {
        try await roundTrip([UUID(), UUID()], as: "uuid")
        try await roundTrip([[], [UUID(), UUID()]], as: "uuid[]")
    }

    @Test func roundTrip_arrays() async throws {
        let texts = ["", "a b", "NULL", "{}", "a,b", "\"", "\\", "é漢", "\n"]
        try await roundTrip([[], texts], as: "text[]")
        try await roundTrip([[], [1, -2, Int64.max]], as: "bigint[]")
        try await roundTrip([[Phase.running, .suspended]], as: "text[]")
    }

    @Test func roundTrip_enums() async throws {
        try await roundTrip([Phase.running, .suspended], as: "text")
        try await roundTrip([Phase?.none, .some(.running)], as: "text")
    }

    @Test func roundTrip_json() async throws {
        let document: JSONValue = ["name": "a\"b", "list": [1, 2.5, nil, true], "nested": ["é": "漢"]]
        try await roundTrip([document, .null, "text", []], as: "jsonb")
    }

    @Test func roundTrip_times() async throws {
        let times = [
            Date(timeIntervalSinceReferenceDate: 0), Date(timeIntervalSinceReferenceDate: -0.000001),
            Date(timeIntervalSinceReferenceDate: 817_000_000.123457), Date(timeIntervalSince1970: 0),
            Date(timeIntervalSince1970: -62_135_596_800), Date(timeIntervalSince1970: -70_000_000_000),
            Date(timeIntervalSince1970: 64_060_588_800.5), Date(timeIntervalSince1970: 300_000_000_000),
        ]
        try await TestDatabase.withLease(content: .empty) { test in
            for time in times {
                let row = try #require(try await test.database.first("SELECT \(time)::timestamptz AS value"))
                let once: Date = try row.decode("value")
                let again = try #require(try await test.database.first("SELECT \(once)::timestamptz AS value"))
                #expect(abs(once.timeIntervalSince(time)) < 0.000_001)
                #expect(try again.decode("value") == once)
            }
        }
    }

    @Test func encode_agreesWithServerOnEveryMicrosecond() async throws {
        var generator = SeededGenerator(seed: 7)
        try await TestDatabase.withLease(content: .empty) { test in
            let micros = (0..<500).map { _ in
                Int64.random(in: -62_135_596_800_000_000...250_000_000_000_000_000, using: &generator)
            }
            let texts = micros.map { TimestampText.encode(microseconds: $0 - 978_307_200_000_000) }
            let rows = try await test.database.query(
                """
                SELECT (extract(epoch FROM t::timestamptz) * 1000000)::bigint AS micros, t::timestamptz AS time
                FROM unnest(\(texts)::text[]) WITH ORDINALITY AS u(t, n) ORDER BY n
                """
            )
            for (row, expected) in zip(rows, micros) {
                #expect(try row.decode("micros") == expected)
                let text: String = try row.decode("time")
                let decoded = Array(text.utf8).withUnsafeBufferPointer { TimestampText.decode($0) }
                #expect(decoded == expected - 978_307_200_000_000)
            }
        }
    }

    @Test func decode_readsOtherOffsetsAndDates() throws {
        func date(_ text: String) throws -> Date { try Date(postgres: PostgresCell(text: text)) }

        #expect(try date("2001-01-01 05:30:00+05:30") == Date(timeIntervalSinceReferenceDate: 0))
        #expect(try date("2000-12-31 20:30:00-03:30") == Date(timeIntervalSinceReferenceDate: 0))
        #expect(try date("2001-01-02") == Date(timeIntervalSinceReferenceDate: 86_400))
        #expect(throws: PostgresCellError.self) { try date("infinity") }
        #expect(throws: PostgresCellError.self) { try date("2001-13-01") }
    }

    @Test func decode_survivesMutatedTexts() {
        var generator = SeededGenerator(seed: 42)
        let seeds = [
            "2026-11-23 06:10:00.000001+00", "0044-03-15 12:00:00+00 BC", #"{"a b",NULL,"c\"d"}"#, "{1,2}", #"\x00ff"#,
        ]

        for round in 0..<20_000 {
            var bytes = Array(seeds[round % seeds.count].utf8)
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let index = Int.random(in: 0..<bytes.count, using: &generator)
                bytes[index] = UInt8.random(in: 1...255, using: &generator)
            }
            let cell = PostgresCell(text: String(decoding: bytes, as: UTF8.self))
            _ = try? Date(postgres: cell)
            _ = try? [UInt8](postgres: cell)
            if let list = try? [String](postgres: cell) {
                let again = try? [String](postgres: PostgresCell(text: list.postgresText ?? ""))
                #expect(again == list)
            }
        }
    }

    @Test func decode_namesTheColumn() async throws {
        try await TestDatabase.withLease(content: .empty) { test in
            let row = try #require(
                try await test.database.first("SELECT 'x' AS word, NULL::int AS nothing, 70000 AS big")
            )

            func failure<T: PostgresDecodable>(_ column: String, _ type: T.Type) -> PostgresError? {
                do throws(PostgresError) {
                    _ = try row.decode(column, as: type)
                    return nil
                } catch { return error }
            }
            #expect(failure("word", Int.self)?.column == "word")
            #expect(failure("nothing", Int.self)?.message == "column nothing is NULL, wanted Int")
            #expect(failure("big", Int16.self)?.message == "column big is not an integer of 16 bits")
            #expect(failure("absent", Int.self)?.kind == .decoding)
            #expect(failure("word", Phase.self)?.message == "column word is no Phase")
            #expect(failure("nothing", Int?.self) == nil)
        }
    }
}

/// The same numbers in every run (SplitMix64).
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
