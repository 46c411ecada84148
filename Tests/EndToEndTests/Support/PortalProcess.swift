import Foundation
import PortalTesting

/// The real server binary as a child process on a database of the test.
struct PortalProcess {
    let process: ChildProcess
    let url: String

    /// Where `swift build` put the products: beside the running test bundle.
    private static var binary: String {
        get throws {
            let bundle = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
            return URL(fileURLWithPath: bundle).deletingLastPathComponent().appendingPathComponent("vcluster-portal")
                .path
        }
    }

    /// Starts a server and waits until it is ready.
    ///
    /// - Parameters:
    ///   - database: Where its database is.
    ///   - changes: Environment variables beside or instead of the usual ones: one loop, short leases, any port.
    /// - Returns: The server, which the caller has to end.
    /// - Throws: A failure with the server's output when it does not become ready.
    static func start(database: String, _ changes: [String: String] = [:]) async throws -> PortalProcess {
        let process = try command(["serve"], database: database, changes)
        do {
            let url = try await process.line(containing: "Portal ready at ", within: .seconds(60))
            return PortalProcess(process: process, url: String(url.prefix { !$0.isWhitespace }))
        } catch {
            process.kill()
            throw error
        }
    }

    /// Starts a command of the program, such as `demo`, with the environment of a server.
    static func command(
        _ arguments: [String],
        database: String,
        _ changes: [String: String] = [:]
    ) throws -> ChildProcess {
        let environment = [
            // helm and kubectl keep caches there; without a home they would be kept in the current folder.
            "HOME": NSTemporaryDirectory(),
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
            "PORTAL_DATABASE_URL": database,
            "PORTAL_DATABASE_POOL": "6",
            "PORTAL_ENCRYPTION_KEYS": Site.encryptionKeys,
            "PORTAL_LEASE_SECONDS": "1",
            "PORTAL_LOG_LEVEL": "notice",
            "PORTAL_LOOPS": "1",
            "PORTAL_PORT": "0",
            "PORTAL_ROOT": try TestProject.root(),
            "PORTAL_WORKERS": "8",
        ]
        return try ChildProcess(
            executable: binary,
            arguments: arguments,
            environment: environment.merging(changes) { $1 }
        )
    }
}
