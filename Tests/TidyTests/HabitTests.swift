import Foundation
import Testing

/// Habits that a tool can judge: no traps, no sleeps, documented surfaces, reasons for escapes.
struct HabitTests {
    let tree = SourceTree()

    static let documentedTargets: Set<String> = [
        "JSON", "EventLoop", "HTTPCore", "HTTPServer", "Postgres", "Kubernetes", "Portal",
    ]

    @Test(arguments: ["fatalError(", "try!", "as!", " print(", "FIXME", "TODO", "XXX"])
    func sources_haveNoBannedToken(token: String) throws {
        for file in try tree.sources() {
            for (index, line) in file.lines.enumerated() where (" " + line.codeOnly).contains(token) {
                Issue.record("\(file.path):\(index + 1) has \(token)")
            }
        }
    }

    @Test func tests_doNotSleep() throws {
        for file in try tree.tests() where file.target != "TidyTests" {
            for (index, line) in file.lines.enumerated()
            where line.codeOnly.contains(#/\b(Task\.sleep|usleep|sleep)\(/#) {
                // Polling an outside process within a deadline is the one use; it says so on its line.
                #expect(line.contains("// polls"), "\(file.path):\(index + 1) sleeps; wait for a signal instead")
            }
        }
    }

    @Test func publicDeclarations_areDocumented() throws {
        let declaration =
            #/
            ^\s* (@\w+(\([^)]*\))?\s+)* (public|package|open)\s+
            (static\s+|final\s+|indirect\s+|mutating\s+|nonisolated\s+)*
            (func|var|let|struct|class|enum|protocol|actor|init|typealias|subscript)\b
            /#
        for file in try tree.sources() where Self.documentedTargets.contains(file.target) {
            for (index, line) in file.lines.enumerated() where line.contains(declaration) {
                var above = index - 1
                while above >= 0, file.lines[above].trimmingCharacters(in: .whitespaces).hasPrefix("@") { above -= 1 }
                let documented = above >= 0 && file.lines[above].trimmingCharacters(in: .whitespaces).hasPrefix("///")
                #expect(documented, "\(file.path):\(index + 1) has no doc comment")
            }
        }
    }

    @Test func sendableEscapes_giveTheirReason() throws {
        for file in try tree.sources() {
            for (index, line) in file.lines.enumerated()
            where line.codeOnly.contains("@unchecked Sendable") || line.codeOnly.contains("nonisolated(unsafe)") {
                let nearby = file.lines[max(0, index - 12)...index]
                #expect(nearby.contains { $0.contains("//") }, "\(file.path):\(index + 1) does not say why it is safe")
            }
        }
    }

    @Test func unsafeFlagsAndPaths_doNotAppear() throws {
        let machinePath = #/"/(home|root|Users|tmp)/[a-z]/#
        for file in try tree.sources() {
            for (index, line) in file.lines.enumerated() where line.contains(machinePath) {
                Issue.record("\(file.path):\(index + 1) names a path of one machine")
            }
        }
    }
}
