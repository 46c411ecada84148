import FoundationEssentials
import Logging
public import ServiceLifecycle

/// Removes what has ended: sessions, windows of sign-in attempts, idempotency keys.
///
/// Nothing waits for it: what has ended is refused when it is used, swept or not. Several servers may run one each; they
/// skip what another has locked.
public struct Housekeeper: Service {
    let identity: IdentityService
    let idempotency: IdempotencyService
    let limits: PortalLimits.Housekeeping
    let logger: Logger

    /// Works until the task is cancelled or the server shuts down gracefully.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    let removed = try await runOnce()
                    if removed > 0 { logger.debug("swept", metadata: ["rows": "\(removed)"]) }
                } catch {
                    logger.warning("a pass of the housekeeper failed", metadata: ["error": "\(error)"])
                }
                // Jitter keeps the servers from sweeping at the same moment.
                try? await Task.sleep(for: limits.interval * Double.random(in: 0.8...1.2))
            }
        }
    }

    /// One pass: at most `PortalLimits.Housekeeping.batchesMax` batches of each kind.
    ///
    /// - Returns: How many rows were removed.
    /// - Throws: `PostgresError`.
    @discardableResult
    public func runOnce() async throws -> Int {
        var total = 0
        for _ in 0..<limits.batchesMax {
            let removed = try await identity.sweep(rowsMax: limits.batch) + idempotency.sweep()
            total += removed
            if removed == 0 { break }
        }
        return total
    }
}
