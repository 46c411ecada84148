import Logging

/// Runs the checks of `/readyz`.
struct Readiness: Sendable {
    /// The outcome of one check.
    struct Outcome: Sendable {
        let name: String
        /// Nil when all is well.
        let problem: String?
    }

    let checks: [ReadinessCheck]
    let timeout: Duration
    let logger: Logger

    /// Runs every check within the time limit, one after the other: the second makes sense only after the first.
    func check() async -> [Outcome] {
        var outcomes: [Outcome] = []
        for check in checks { outcomes.append(Outcome(name: check.name, problem: await problem(of: check))) }
        return outcomes
    }

    private func problem(of check: ReadinessCheck) async -> String? {
        await withTaskGroup(of: String?.self) { group in
            group.addTask {
                do {
                    try await check.run()
                    return nil
                } catch {
                    // The probe is open to everybody, so the reason stays in the log.
                    logger.warning("not ready", metadata: ["check": "\(check.name)", "error": "\(error)"])
                    return "failed"
                }
            }
            group.addTask {
                do { try await Task.sleep(for: timeout) } catch { return nil }
                return "no answer within \(timeout)"
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
    }
}
