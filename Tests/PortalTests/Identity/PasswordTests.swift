@testable import Portal
import Testing

struct PasswordTests {
    @Test func hash_matchesItsPasswordOnly() throws {
        let hash = try PasswordHash(password: "correct horse", cost: .minimal)
        let stored = try #require(PasswordHash(text: hash.text))

        #expect(stored == hash)
        #expect(try stored.matches("correct horse"))
        #expect(try !stored.matches("Correct horse"))
        #expect(try !stored.matches(""))
        #expect(try PasswordHash(password: "correct horse", cost: .minimal) != hash, "every hash has its own salt")
    }

    @Test func hash_hasTheVectorsOfTheStandard() throws {
        // RFC 7914 section 12: "pleaseletmein", "SodiumChloride", N = 16384, r = 8, p = 1, the first 32 of 64 bytes.
        let key: [UInt8] = [
            0x70, 0x23, 0xbd, 0xcb, 0x3a, 0xfd, 0x73, 0x48, 0x46, 0x1c, 0x06, 0xcd, 0x81, 0xfd, 0x38, 0xeb,
            0xfd, 0xa8, 0xfb, 0xba, 0x90, 0x4f, 0x8e, 0x3e, 0xa9, 0xb5, 0x43, 0xf6, 0x54, 0x5d, 0xa1, 0xf2,
        ]
        // The salt of the vector is shorter than any of ours, so it does not go through the text form.
        #expect(
            try PasswordHash.derive("pleaseletmein", salt: Array("SodiumChloride".utf8), cost: .vector, keyBytes: 32)
                == key
        )
    }

    @Test(arguments: [
        "", "plain", "$scrypt$",
        "$bcrypt$ln=15,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=99,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=4,r=8,p=0$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=4,r=8$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=4,r=8,p=1$AAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
        "$scrypt$ln=4,r=8,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA",
    ])
    func hash_refusesWhatItDidNotWrite(text: String) {
        #expect(PasswordHash(text: text) == nil)
    }

    @Test func hasher_upgradesCheapHashesAndFailsWithoutOne() async throws {
        var limits = PortalLimits.Identity()
        limits.passwordCost = try #require(ScryptCost(costExponent: 5, blockSize: 8, parallelism: 1))
        let hasher = PasswordHasher(limits: limits)
        let cheap = try PasswordHash(password: "correct horse", cost: .minimal).text

        let (isRight, upgrade) = try await hasher.verify("correct horse", against: cheap)
        let upgraded = try #require(upgrade)
        #expect(isRight)
        #expect(upgraded.contains("ln=5"))
        #expect(try await hasher.verify("correct horse", against: upgraded) == (true, nil))
        #expect(try await hasher.verify("wrong", against: cheap) == (false, nil))
        #expect(try await hasher.verify("correct horse", against: nil) == (false, nil))
    }

    @Test func hasher_turnsCallersAwayBeyondItsQueue() async throws {
        var limits = PortalLimits.Identity()
        limits.passwordCost = try #require(ScryptCost(costExponent: 12, blockSize: 8, parallelism: 1))
        limits.passwordHashesAtOnceMax = 1
        limits.passwordHashQueueMax = 2
        let hasher = PasswordHasher(limits: limits)

        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<40 { group.addTask { (try? await hasher.hash("correct horse")) != nil } }
            return await group.reduce(into: [Bool]()) { $0.append($1) }
        }
        #expect(outcomes.contains(true))
        #expect(try await !hasher.hash("still works").isEmpty)
    }

    @Test(arguments: [
        ("short", "OUT_OF_RANGE"), ("passwort", "INVALID_VALUE"), ("Password1!", "INVALID_VALUE"),
        ("12345678", "INVALID_VALUE"),
        ("abcdefgh", "INVALID_VALUE"), ("87654321", "INVALID_VALUE"), ("aaaaaaaa", "INVALID_VALUE"),
        ("abababab", "INVALID_VALUE"),
        ("ada.lovelace", "INVALID_VALUE"), ("Ada.Lovelace@example.com", "INVALID_VALUE"), ("P@ssw0rd", "INVALID_VALUE"),
        (String(repeating: "long", count: 65), "TOO_LONG"),
    ])
    func rule_refusesWhatIsGuessedFirst(password: String, code: String) {
        var errors = FieldErrors()
        PasswordRule.check(password, email: "ada.lovelace@example.com", field: "password", errors: &errors)

        #expect(errors.all.map(\.code) == [code])
    }

    @Test(arguments: ["acme-demo-2026", "correct horse battery", "四个随机的词语更好记", "tr0ub4dor", "        spaces"])
    func rule_hasNoOpinionOnKindsOfCharacters(password: String) {
        var errors = FieldErrors()
        PasswordRule.check(password, email: "ada@example.com", field: "password", errors: &errors)

        #expect(errors.isEmpty)
    }
}

extension ScryptCost {
    fileprivate static let vector = ScryptCost(costExponent: 14, blockSize: 8, parallelism: 1) ?? .minimal
}
