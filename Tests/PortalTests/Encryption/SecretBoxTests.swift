import Portal
import Testing

struct SecretBoxTests {
    private let ring = KeyRing.newEntry(id: "2026")

    @Test func seal_opensUnderItsContextOnly() throws {
        let box = SecretBox(ring: try KeyRing(parsing: ring))
        let sealed = try box.seal(Array("secret".utf8), context: "hosts/1")

        #expect(try box.open(sealed, context: "hosts/1") == Array("secret".utf8))
        #expect(sealed.keyID == "2026")
        #expect(sealed.bytes.count == 12 + 6 + 16)
        #expect(throws: SecretBoxError.failed) { try box.open(sealed, context: "hosts/2") }
        #expect(try box.seal(Array("secret".utf8), context: "hosts/1") != sealed, "every seal has its own nonce")
    }

    @Test func open_refusesEveryChangedByte() throws {
        let box = SecretBox(ring: try KeyRing(parsing: ring))
        let sealed = try box.seal([1, 2, 3, 4], context: "x")

        for index in sealed.bytes.indices {
            var bytes = sealed.bytes
            bytes[index] ^= 0x40
            #expect(throws: SecretBoxError.failed) {
                try box.open(SealedSecret(keyID: "2026", bytes: bytes), context: "x")
            }
        }
        for length in 0..<sealed.bytes.count {
            let cut = SealedSecret(keyID: "2026", bytes: Array(sealed.bytes.prefix(length)))
            #expect(throws: SecretBoxError.failed) { try box.open(cut, context: "x") }
        }
    }

    @Test func rotation_opensOldSecretsWhileTheirKeyIsInTheRing() throws {
        let newKey = KeyRing.newEntry(id: "2027")
        let old = try SecretBox(ring: KeyRing(parsing: ring)).seal([7], context: "x")
        let both = SecretBox(ring: try KeyRing(parsing: "\(newKey),\(ring)"))

        #expect(both.activeKeyID == "2027")
        #expect(try both.open(old, context: "x") == [7])
        #expect(try both.seal([7], context: "x").keyID == "2027")
        let error = SecretBoxError.unknownKey("2026")
        #expect(throws: error) { try SecretBox(ring: KeyRing(parsing: newKey)).open(old, context: "x") }
    }

    @Test(arguments: ["", "x", "x:", ":AAAA", "x:AAAA", "x:not base64", "a b"])
    func keyRing_refusesWhatIsNoRing(text: String) {
        #expect(throws: SecretBoxError.self) { try KeyRing(parsing: text) }
    }

    @Test func keyRing_neverShowsItsKeys() throws {
        let key = String(ring.dropFirst("2026:".count))
        let parsed = try KeyRing(parsing: ring)
        var dumped = ""
        dump(SecretBox(ring: parsed), to: &dumped)

        #expect(!"\(parsed)".contains(key))
        #expect(!String(reflecting: parsed).contains(key))
        #expect(!dumped.contains("SymmetricKey"))
        let repeated = #expect(throws: SecretBoxError.self) { try KeyRing(parsing: "\(ring),\(ring)") }
        #expect(repeated?.description.contains(key) == false)
    }
}
