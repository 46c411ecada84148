import Foundation

/// A program that a test runs to its end, as a person would in a shell.
struct Command: Sendable {
    let executable: String
    let arguments: [String]
    var environment: [String: String] = [:]

    /// How it ended.
    struct Output: Sendable {
        let status: Int32
        let text: String
        let errors: String
    }

    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Runs the program; its end with another status than 0 is an error.
    @discardableResult
    func run() async throws -> String {
        let output = try await attempt()
        guard output.status == 0 else {
            let line = ([executable] + arguments).joined(separator: " ")
            throw Failure(description: "\(line): status \(output.status)\n\(output.errors)\(output.text)")
        }
        return output.text
    }

    /// Runs kubectl; an API server under load may drop a connection before it has read the request.
    @discardableResult
    func kubectl() async throws -> String {
        for _ in 0..<3 {
            let output = try await attempt()
            if output.status == 0 { return output.text }
            guard output.errors.contains("Unable to connect to the server") else { break }
        }
        return try await run()
    }

    /// Runs the program and tells how it ended.
    func attempt() async throws -> Output {
        let folder = URL(fileURLWithPath: NSTemporaryDirectory()).appendingPathComponent("portal-suite-\(UUID())")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let output = folder.appendingPathComponent("output")
        let errors = folder.appendingPathComponent("errors")
        // Files instead of pipes: neither can fill up while the other is read.
        for file in [output, errors] { try Data().write(to: file) }
        let status = try await finish(
            output: try FileHandle(forWritingTo: output),
            errors: try FileHandle(forWritingTo: errors)
        )
        return Output(
            status: status,
            text: try String(contentsOf: output, encoding: .utf8),
            errors: try String(contentsOf: errors, encoding: .utf8)
        )
    }

    private func finish(output: FileHandle, errors: FileHandle) async throws -> Int32 {
        let process = Process()
        // By way of env, which looks on PATH.
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [executable] + arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        process.standardError = errors
        return try await withCheckedThrowingContinuation { continuation in
            process.terminationHandler = { continuation.resume(returning: $0.terminationStatus) }
            do {
                try process.run()
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }
}
