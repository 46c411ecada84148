import Foundation
import PortalTesting
import Testing

/// The real server binary as a child process on a database of the test.
struct PortalProcess {
    let process: ChildProcess
    let url: String

    /// Where `swift build` put the products: beside the running test bundle.
    static var binary: String {
        get throws {
            let bundle = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            let folder = URL(fileURLWithPath: bundle).deletingLastPathComponent()
            return folder.appendingPathComponent("vcluster-portal").path
        }
    }

    /// The environment of a server under test: short leases, so that a take-over does not take long.
    static func environment(database: String) throws -> [String: String] {
        [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
            "PORTAL_DATABASE_URL": database,
            "PORTAL_DATABASE_POOL": "6",
            "PORTAL_ENCRYPTION_KEYS": "test:" + Data(repeating: 7, count: 32).base64EncodedString(),
            "PORTAL_LEASE_SECONDS": "2",
            "PORTAL_LOOPS": "1",
            "PORTAL_PORT": "0",
            "PORTAL_ROOT": try TestProject.root(),
            "PORTAL_WORKERS": "8",
        ]
    }

    /// Starts a server and waits until it is ready.
    static func start(database: String, _ changes: [String: String] = [:]) async throws -> PortalProcess {
        let environment = try environment(database: database).merging(changes) { $1 }
        let process = try ChildProcess(executable: binary, arguments: ["serve"], environment: environment)
        do {
            let url = try await process.line(containing: "Portal ready at ", within: .seconds(60))
            return PortalProcess(process: process, url: String(url.prefix { !$0.isWhitespace }))
        } catch {
            process.kill()
            throw error
        }
    }

    /// Runs a command of the binary to its end.
    static func run(_ arguments: [String], database: String) async throws {
        let process = try ChildProcess(
            executable: binary,
            arguments: arguments,
            environment: environment(database: database)
        )
        await process.waitUntilEnd()
        print(process.output)
    }
}
