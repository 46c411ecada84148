import JSON
import Portal
import Testing

struct QuantityTests {
    @Test(arguments: [
        ("0", "0"), ("-0", "0"), ("+1", "1"), ("1", "1"), ("1.0", "1"), ("1.5", "1500m"), (".5", "500m"), ("5.", "5"),
        ("100m", "100m"), ("1000m", "1"), ("1500m", "1500m"), ("2000m", "2"), ("1k", "1k"), ("1000", "1k"),
        ("1000000", "1M"), ("1500k", "1500k"), ("1G", "1G"), ("1E", "1E"), ("1e3", "1e3"), ("1E3", "1e3"),
        ("12e5", "1200e3"),
        ("1500e-3", "1500e-3"), ("1e0", "1"), ("1e-9", "1e-9"), ("1n", "1n"), ("1u", "1u"), ("0.000000001", "1n"),
        ("1Ki", "1Ki"), ("1024Ki", "1Mi"), ("0.5Gi", "512Mi"), ("1.5Gi", "1536Mi"), ("2048Mi", "2Gi"), ("1Ei", "1Ei"),
        ("0.5Ki", "512"), ("0.1Ki", "102400m"), ("1.1Ki", "1126400m"), ("-1Gi", "-1Gi"), ("-500m", "-500m"),
        ("1023", "1023"), ("0.25Ei", "256Pi"), ("100.123456789", "100123456789n"),
        ("9223372036854775807", "9223372036854775807"),
    ])
    func text_isCanonical(written: String, canonical: String) throws {
        let quantity = try Quantity(parsing: written)

        #expect(quantity.description == canonical)
        #expect(try Quantity(parsing: canonical) == quantity)
    }

    @Test(arguments: [
        "", " ", "m", "-", "+", ".", "1 ", " 1", "1 Gi", "1gi", "1K", "1KI", "1kb", "1GiB", "--1", "+-1", "1.2.3",
        "1,5", "0x10",
        "1e", "1e+", "1e1.5", "1e99999", "1ee3", "NaN", "inf", "１", "1Mi1", "1m5", "1mm", "٣",
    ])
    func parsing_refusesWhatIsNoQuantity(text: String) {
        #expect(throws: QuantityError.malformed) { try Quantity(parsing: text) }
    }

    @Test(arguments: ["9223372036854775808", "8Ei", "10E", "1e19", "9999999999999999999999999999999999999999", "1e999"])
    func parsing_refusesWhatIsTooLarge(text: String) {
        #expect(throws: QuantityError.outOfRange) { try Quantity(parsing: text) }
        #expect(throws: QuantityError.outOfRange) { try Quantity(parsing: "-" + text) }
    }

    @Test func parsing_roundsBelowABillionthAwayFromZero() throws {
        #expect(try Quantity(parsing: "0.0000000001").description == "1n")
        #expect(try Quantity(parsing: "1.0000000001").description == "1000000001n")
        #expect(try Quantity(parsing: "-0.1n").description == "-1n")
        #expect(try Quantity(parsing: "1e-999").description == "1e-9")
        #expect(throws: QuantityError.tooPrecise) { try Quantity(parsing: "0.1234567890123456789") }
    }

    @Test(arguments: [
        ("1", "1000m", 0), ("1Gi", "1G", 1), ("999Mi", "1Gi", -1), ("-1", "1n", -1), ("1e3", "1k", 0), ("0", "-0", 0),
    ])
    func comparison_isByAmount(left: String, right: String, order: Int) throws {
        let (left, right) = (try Quantity(parsing: left), try Quantity(parsing: right))

        #expect((left == right) == (order == 0))
        #expect((left < right) == (order < 0))
        #expect(order != 0 || left.hashValue == right.hashValue)
    }

    @Test func arithmetic_isExactAndKeepsTheNotation() throws {
        let tenth = try Quantity(parsing: "100m")
        var sum = Quantity.zero
        for _ in 0..<10 { sum = try sum.adding(tenth) }

        #expect(sum == Quantity(1))
        #expect(try Quantity(parsing: "1Gi").adding(try Quantity(parsing: "512Mi")).description == "1536Mi")
        #expect(try Quantity.zero.adding(try Quantity(parsing: "2048")).description == "2048")
        #expect(try Quantity.zero.adding(try Quantity(parsing: "2Ki")).description == "2Ki")
        #expect(try Quantity(parsing: "1").subtracting(try Quantity(parsing: "1500m")).description == "-500m")
        #expect(try Quantity(parsing: "250m").multiplied(by: 3).description == "750m")
    }

    @Test func arithmetic_refusesToOverflow() throws {
        let large = Quantity(Int64.max)

        #expect(throws: QuantityError.outOfRange) { try large.adding(Quantity(1)) }
        #expect(throws: QuantityError.outOfRange) { try large.multiplied(by: 2) }
        #expect(throws: QuantityError.outOfRange) { try large.multiplied(by: .max) }
        #expect(throws: QuantityError.outOfRange) { try Quantity(-Int64.max).subtracting(Quantity(1)) }
    }

    @Test func conversions_roundUpAndRefuseToOverflow() throws {
        #expect(try Quantity(parsing: "1.5").millicores() == Millicores(1500))
        #expect(try Quantity(parsing: "1u").millicores() == Millicores(1))
        #expect(try Quantity(parsing: "0").millicores() == Millicores(0))
        #expect(try Quantity(parsing: "-1.5m").millicores() == Millicores(-1))
        #expect(try Quantity(parsing: "1.5Gi").bytes() == Bytes(1_610_612_736))
        #expect(try Quantity(parsing: "100m").bytes() == Bytes(1))
        #expect(Quantity(Int64.max).bytes() == Bytes(.max))
        #expect(throws: QuantityError.outOfRange) { try Quantity(Int64.max).millicores() }
        #expect(Quantity(Millicores(2500)).description == "2500m")
        #expect(Quantity(Bytes(3 << 30)).description == "3Gi")
    }

    @Test func json_takesTextsAndNumbers() throws {
        #expect(try Quantity(json: "500m") == Quantity(Millicores(500)))
        #expect(try Quantity(json: JSONValue(parsing: "1.5")) == Quantity(Millicores(1500)))
        #expect(throws: QuantityError.malformed) { try Quantity(json: true) }
        #expect(Quantity(Millicores(500)).json == "500m")
    }

    @Test(arguments: 0..<8) func parsing_survivesMutations(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let seeds = ["1.5Gi", "500m", "12e6", "-0.25Ei", "9223372036854775807", "1e-9"].map { Array($0.utf8) }
        for _ in 0..<2000 {
            var bytes = seeds[Int.random(in: 0..<seeds.count, using: &random)]
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let index = Int.random(in: 0...bytes.count, using: &random)
                switch Int.random(in: 0..<3, using: &random) {
                case 0 where index < bytes.count: bytes.remove(at: index)
                case 1 where index < bytes.count: bytes[index] = UInt8.random(in: 0x20...0x7E, using: &random)
                default:
                    bytes.insert(
                        Array("0123456789.eEnumkMGTPi+-".utf8).randomElement(using: &random) ?? 0x30,
                        at: index
                    )
                }
            }
            guard let quantity = Quantity(String(decoding: bytes, as: UTF8.self)) else { continue }
            #expect(Quantity(quantity.description) == quantity)
        }
    }
}
