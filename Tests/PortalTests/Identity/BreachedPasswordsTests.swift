import Crypto
import Foundation
@testable import Portal
import Testing

struct BreachedPasswordsTests {
    /// Runs `body` with a file of its own.
    private func withFile<R>(_ content: String, _ body: (String) throws -> R) throws -> R {
        let path = NSTemporaryDirectory() + "breached-\(UUID().uuidString).txt"
        try content.write(toFile: path, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try body(path)
    }

    private func sha1(_ text: String) -> String {
        Insecure.SHA1.hash(data: Data(text.utf8)).map { String(format: "%02X", $0) }.joined()
    }

    @Test(arguments: ["\n", "\r\n"], [1, 2, 3, 1000])
    func sortedHashes_findEveryLineAndNoOther(lineBreak: String, count: Int) throws {
        let words = (0..<count).map { "word number \($0)" }
        let lines = words.map { "\(sha1($0)):\($0.count * 37)" }.sorted()
        try withFile(lines.joined(separator: lineBreak) + lineBreak) { path in
            let list = try BreachedPasswords(path: path)

            for word in words { #expect(try list.contains(word), "\(word)") }
            for word in (0..<200).map({ "other number \($0)" }) { #expect(try !list.contains(word), "\(word)") }
        }
    }

    @Test func sortedHashes_needNoCountNoLastLineBreakAndNoCase() throws {
        let lines = ["a", "b", "c"].map { sha1($0).lowercased() }.sorted()
        try withFile(lines.joined(separator: "\n")) { path in
            let list = try BreachedPasswords(path: path)

            for word in ["a", "b", "c"] { #expect(try list.contains(word)) }
            #expect(try !list.contains("d"))
        }
    }

    @Test func hashes_inAnotherOrderAreRefused() throws {
        let lines = (0..<500).map { sha1("word \($0)") }.sorted().reversed()
        try withFile(lines.joined(separator: "\n")) { path in
            let error = #expect(throws: BreachedPasswordsError.self) { try BreachedPasswords(path: path) }
            #expect(error?.reason == .unsorted)
        }
    }

    @Test func hashes_withAnotherLineBetweenAreRefused() throws {
        let lines = [sha1("a")] + Array(repeating: "not a hash", count: 500)
        try withFile(lines.joined(separator: "\n")) { path in
            let error = #expect(throws: BreachedPasswordsError.self) { try BreachedPasswords(path: path) }
            #expect(error?.reason == .malformed)
        }
    }

    @Test func plainLines_areComparedNormalized() throws {
        try withFile("hunter2 hunter2\n\nscho\u{308}ne ba\u{308}ume\r\n") { path in
            let list = try BreachedPasswords(path: path)

            #expect(list.summary == "2 passwords")
            #expect(try list.contains("hunter2 hunter2"))
            #expect(try list.contains("sch\u{F6}ne b\u{E4}ume"))
            #expect(try !list.contains("hunter2"))
        }
    }

    @Test func file_thatIsMissingSaysSo() {
        let error = #expect(throws: BreachedPasswordsError.self) { try BreachedPasswords(path: "/nowhere/at/all") }
        #expect(error?.description.contains("/nowhere/at/all cannot be read") == true)
    }

    @Test func policy_refusesWhatHasLeaked() throws {
        try withFile("\(sha1("nine quiet rivers")):3\n") { path in
            let policy = PasswordPolicy(breached: try BreachedPasswords(path: path))
            var errors = FieldErrors()
            try policy.check("nine quiet rivers", context: [], field: "password", errors: &errors)

            #expect(errors.all.map(\.code) == ["PASSWORD_BREACHED"])
        }
    }
}
