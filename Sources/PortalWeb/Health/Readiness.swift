
/// Whether this server can work: its database answers and has every migration.
///
/// The composition root supplies the checks, because the web layer knows no database.
public struct Readiness: Sendable {
    /// One thing that has to work.
    public struct Check: Sendable {
        /// A word for the answer: `database`, `migrations`.
        public let name: String

        /// Throws, or tells what is missing; nil when all is well.
        public let run: @Sendable () async throws -> String?

        /// A check.
        public init(name: String, run: @escaping @Sendable () async throws -> String?) {
            self.name = name
            self.run = run
        }
    }

    /// The outcome of one check.
    struct Outcome: Sendable {
        let name: String
        let problem: String?
    }

    private let checks: [Check]
    private let timeout: Duration

    init(checks: [Check], timeout: Duration) {
        self.checks = checks
        self.timeout = timeout
    }

    /// Runs every check within the time limit, one after the other.
    func check() async -> [Outcome] {
        var outcomes: [Outcome] = []
        for check in checks { outcomes.append(Outcome(name: check.name, problem: await problem(of: check))) }
        return outcomes
    }

    private func problem(of check: Check) async -> String? {
        await withTaskGroup(of: String?.self) { group in
            group.addTask {
                do { return try await check.run() } catch { return "failed" }
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
