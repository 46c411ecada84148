import Foundation

/// The inputs that fuzzing found worth keeping: the smallest set that reaches every part of a parser it ever reached.
///
/// One file a target, `Fuzzing/Corpus/<target>.txt`, with one input a line in base64 (RFC 4648 section 4).
public enum KeptCorpus {
    /// Reads the inputs of a target.
    ///
    /// - Parameter target: Name of a file of `Fuzzing/Corpus` without its ending.
    /// - Returns: The inputs in the order of the lines.
    /// - Throws: An error of the file system.
    public static func inputs(of target: String) throws -> [[UInt8]] {
        let text = try String(contentsOf: file(of: target), encoding: .utf8)
        return text.split(separator: "\n").compactMap { Data(base64Encoded: String($0)).map(Array.init) }
    }

    /// Writes the inputs of a target, the shortest first.
    ///
    /// - Parameters:
    ///   - inputs: At least one.
    ///   - target: As for ``inputs(of:)``.
    /// - Throws: An error of the file system.
    public static func write(_ inputs: [[UInt8]], of target: String) throws {
        let lines = inputs.map { Data($0).base64EncodedString() }.sorted { ($0.count, $0) < ($1.count, $1) }
        try Data((lines.joined(separator: "\n") + "\n").utf8).write(to: file(of: target))
    }

    /// Below the root that scripts/test names, else below the first folder above this file that has it.
    private static func file(of target: String) -> URL {
        var root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        while root.path != "/", !FileManager.default.fileExists(atPath: root.appendingPathComponent("Fuzzing").path) {
            root.deleteLastPathComponent()
        }
        if let named = ProcessInfo.processInfo.environment["PORTAL_ROOT"] { root = URL(fileURLWithPath: named) }
        return root.appendingPathComponent("Fuzzing/Corpus/\(target).txt")
    }
}
