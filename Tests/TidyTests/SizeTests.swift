import Foundation
import Testing

/// Files and functions stay small enough to be read at once (docs/contributing.md).
struct SizeTests {
    let tree = SourceTree()

    @Test(arguments: [
        ("Sources", ["swift"], 600),
        ("Tests", ["swift"], 800),
        ("Resources/templates", ["html", "mustache"], 160),
        ("public/css", ["css"], 300),
        ("public/js", ["js"], 300),
        ("migrations", ["sql"], 200),
    ])
    func files_stayUnderTheirLimit(folder: String, endings: [String], linesMax: Int) throws {
        for file in try tree.files(below: folder, endings: endings) {
            #expect(file.lines.count <= linesMax, "\(file.path) has \(file.lines.count) lines")
        }
    }

    @Test func functions_stayUnder70Lines() throws {
        for file in try tree.sources() {
            for function in Self.functions(in: file) {
                #expect(function.length <= 70, "\(file.path):\(function.line) has \(function.length) lines")
            }
        }
    }

    /// Functions and initializers with a brace body: the first line's number and the count of lines.
    ///
    /// The formatter puts the closing brace at the indentation of the declaration, which is what this looks for.
    static func functions(in file: SourceTree.File) -> [(line: Int, length: Int)] {
        var found: [(line: Int, length: Int)] = []
        for (index, line) in file.lines.enumerated() {
            guard line.contains("func ") || line.contains("init") else { continue }
            let code = line.codeOnly
            let isDeclaration =
                code.contains(#/\b(func\s+[\w`]+|func\s+[-+*/<>=&|~]+|init[?]?)\s*[(<]/#)
                && !code.contains(#/\b(self|super)\.init|\.init\(|=.*init\(|^\s*(return|case|let|var)\b/#)
            // A body on the same line is no matter of length.
            guard isDeclaration, !code.hasSuffix("}") else { continue }
            let indentation = String(line.prefix { $0 == " " })
            guard let end = file.lines[index...].firstIndex(of: indentation + "}") else { continue }
            let opensBody = file.lines[index..<end].contains { $0.codeOnly.hasSuffix("{") }
            if opensBody { found.append((line: index + 1, length: end - index + 1)) }
        }
        return found
    }
}
