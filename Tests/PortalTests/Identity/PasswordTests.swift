@testable import Portal
import Testing

struct PasswordTests {
    @Test func hash_matchesItsPasswordOnly() throws {
        let hash = try PasswordHash(password: "correct horse battery", cost: .minimal)
        let stored = try #require(PasswordHash(text: hash.text))

        #expect(stored == hash)
        #expect(try stored.matches("correct horse battery"))
        #expect(try !stored.matches("Correct horse"))
        #expect(try !stored.matches(""))
        #expect(
            try PasswordHash(password: "correct horse battery", cost: .minimal) != hash,
            "every hash has its own salt"
        )
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
        let cheap = try PasswordHash(password: "correct horse battery", cost: .minimal).text

        let (isRight, upgrade) = try await hasher.verify("correct horse battery", against: cheap)
        let upgraded = try #require(upgrade)
        #expect(isRight)
        #expect(upgraded.contains("ln=5"))
        #expect(try await hasher.verify("correct horse battery", against: upgraded) == (true, nil))
        #expect(try await hasher.verify("wrong", against: cheap) == (false, nil))
        #expect(try await hasher.verify("correct horse battery", against: nil) == (false, nil))
    }

    @Test func hasher_turnsCallersAwayBeyondItsQueue() async throws {
        var limits = PortalLimits.Identity()
        limits.passwordCost = try #require(ScryptCost(costExponent: 12, blockSize: 8, parallelism: 1))
        limits.passwordHashesAtOnceMax = 1
        limits.passwordHashQueueMax = 2
        let hasher = PasswordHasher(limits: limits)

        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<40 { group.addTask { (try? await hasher.hash("correct horse battery")) != nil } }
            return await group.reduce(into: [Bool]()) { $0.append($1) }
        }
        #expect(outcomes.contains(true))
        #expect(try await !hasher.hash("still works").isEmpty)
    }
}

extension ScryptCost {
    fileprivate static let vector = ScryptCost(costExponent: 14, blockSize: 8, parallelism: 1) ?? .minimal
}
