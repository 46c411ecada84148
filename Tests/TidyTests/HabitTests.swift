import Foundation
import Testing

/// Habits that a tool can judge: no traps, no sleeps, documented surfaces, reasons for escapes.
struct HabitTests {
    let tree = SourceTree()

    static let documentedTargets: Set<String> = [
        "JSON", "EventLoop", "HTTPCore", "HTTPServer", "Postgres", "Kubernetes", "Observability", "Portal",
    ]

    @Test(arguments: ["fatalError(", "try!", "as!", " print(", "FIXME", "TODO", "XXX"])
    func sources_haveNoBannedToken(token: String) throws {
        for file in try tree.sources() {
            for (index, line) in file.lines.enumerated()
            where line.contains(token.trimmingCharacters(in: .whitespaces)) && (" " + line.codeOnly).contains(token) {
                Issue.record("\(file.path):\(index + 1) has \(token)")
            }
        }
    }

    /// Two uses are none: polling an outside process within a deadline, which says so on its line, and standing for
    /// work that never ends, which is cancelled long before its minutes are over.
    @Test func tests_doNotSleep() throws {
        let excused = #/polls|for: \.seconds\((60|600|3600)\)/#
        for file in try tree.tests() where file.target != "TidyTests" {
            for (index, line) in file.lines.enumerated() where line.contains("sleep(") {
                guard line.codeOnly.contains(#/\b(Task\.sleep|usleep)\(/#) else { continue }
                #expect(line.contains(excused), "\(file.path):\(index + 1) sleeps; wait for a signal instead")
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
            for (index, line) in file.lines.enumerated()
            where (line.contains("public ") || line.contains("package ")) && line.contains(declaration) {
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
            where (line.contains("@unchecked Sendable") || line.contains("nonisolated(unsafe)"))
                && !line.trimmingCharacters(in: .whitespaces).hasPrefix("//")
            {
                let nearby = file.lines[max(0, index - 12)...index]
                #expect(nearby.contains { $0.contains("//") }, "\(file.path):\(index + 1) does not say why it is safe")
            }
        }
    }

    @Test func unsafeFlagsAndPaths_doNotAppear() throws {
        let machinePath = #/"/(home|root|Users|tmp)/[a-z]/#
        for file in try tree.sources() {
            for (index, line) in file.lines.enumerated() where line.contains("\"/") && line.contains(machinePath) {
                Issue.record("\(file.path):\(index + 1) names a path of one machine")
            }
        }
    }
}
