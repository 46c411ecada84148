import Foundation

/// The files of the project as the tidy tests see them.
struct SourceTree {
    let root: URL

    struct File {
        /// Path below the root, with `/`.
        let path: String
        let lines: [String]
        var name: String { String(path.split(separator: "/").last ?? "") }
        /// `Sources/<target>/…` or `Tests/<target>/…`.
        var target: String { path.split(separator: "/").dropFirst().first.map(String.init) ?? "" }
    }

    /// The root is named by `PORTAL_ROOT` (set by scripts/test) or found from this file's own place.
    init() {
        if let named = ProcessInfo.processInfo.environment["PORTAL_ROOT"] {
            root = URL(fileURLWithPath: named)
        } else {
            root = URL(fileURLWithPath: #filePath)
                .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        }
    }

    /// All files below `folder` with one of the endings, ordered by path.
    func files(below folder: String, endings: [String]) throws -> [File] {
        let base = root.appendingPathComponent(folder)
        let prefix = root.path.hasSuffix("/") ? root.path : root.path + "/"
        guard let walk = FileManager.default.enumerator(at: base, includingPropertiesForKeys: [.isRegularFileKey])
        else {
            return []
        }
        var found: [File] = []
        for case let url as URL in walk where endings.contains(url.pathExtension) {
            let text = try String(contentsOf: url, encoding: .utf8)
            let path = url.path.hasPrefix(prefix) ? String(url.path.dropFirst(prefix.count)) : url.path
            // A file ends with a newline, which ends its last line and does not begin another.
            var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
            if lines.last == "" { lines.removeLast() }
            found.append(File(path: path, lines: lines))
        }
        return found.sorted { $0.path < $1.path }
    }

    func sources() throws -> [File] { try files(below: "Sources", endings: ["swift"]) }

    func tests() throws -> [File] { try files(below: "Tests", endings: ["swift"]) }
}

extension String {
    /// The line without what stands in string literals and after `//`, so that braces and words there do not count.
    var codeOnly: String {
        var result = ""
        var inString = false
        var previous: Character = " "
        for character in self {
            if character == "\"" && previous != "\\" { inString.toggle() }
            if !inString && character == "/" && previous == "/" {
                result.removeLast()
                break
            }
            if !inString { result.append(character) }
            previous = character
        }
        return result
    }
}
