import Foundation
import JSON

/// What axe-core (https://github.com/dequelabs/axe-core) finds on a page: the rules of WCAG 2.2, levels A and AA, that a
/// machine can check, and its best practices.
enum Accessibility {
    private static let axe = Result {
        let root = ProcessInfo.processInfo.environment["PORTAL_ROOT"] ?? FileManager.default.currentDirectoryPath
        // Put there by scripts/vendor.
        return try String(contentsOfFile: root + "/.build/vendor/axe/axe.min.js", encoding: .utf8)
    }

    /// Violations as `rule: help: element`, at most three elements a rule.
    static func violations(in browser: WebDriver) async throws -> [String] {
        try await browser.run(axe.get())
        return try await browser.run(check).array?.compactMap(\.string) ?? []
    }

    private static let check = """
        const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
        return axe.run(document, { runOnly: tags }).then(({ violations }) => violations.flatMap((violation) =>
          violation.nodes.slice(0, 3).map((node) => `${violation.id}: ${violation.help}: ${node.html.slice(0, 200)}`)));
        """
}
