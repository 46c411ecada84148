import Logging
import ServiceLifecycle

/// Runs the passes of a background service until the task is cancelled or the server shuts down gracefully.
///
/// A pass that fails is logged, and the next one comes all the same.
///
/// - Parameters:
///   - name: What the service is called in the log.
///   - pause: How long it rests between two passes, give or take the jitter that keeps servers apart.
///   - logger: Gets the failures.
///   - pass: One pass.
func repeatPasses(
    of name: String,
    every pause: Duration,
    logger: Logger,
    _ pass: @escaping @Sendable () async throws -> Void
) async {
    await cancelWhenGracefulShutdown {
        while !Task.isCancelled {
            do {
                try await pass()
            } catch {
                logger.warning("a pass of the \(name) failed", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: pause.jittered)
        }
    }
}
