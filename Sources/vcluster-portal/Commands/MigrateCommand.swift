import ArgumentParser
import Postgres

/// `vcluster-portal migrate status|up|down|redo`.
struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Applies the files of migrations/ to the database, or takes them back.",
        subcommands: [Status.self, Up.self, Down.self, Redo.self]
    )

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Lists every migration and its state.")

        func run() async throws {
            try await Runtime.with { runtime in
                for status in try await runtime.migrator.status() {
                    Console.write(status.line)
                }
            }
        }
    }

    struct Up: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Applies what is pending.")

        @Option(help: "Stop after this number.")
        var to: Int?

        func run() async throws {
            try await Runtime.with { runtime in
                let applied = try await runtime.migrator.up(to: to)
                Console.write(applied.isEmpty ? "The database is up to date." : "Applied \(applied.count) migrations.")
            }
        }
    }

    struct Down: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Takes the newest migrations back; their data goes.")

        @Option(help: "How many.")
        var steps = 1

        func run() async throws {
            try await Runtime.with { runtime in
                for migration in try await runtime.migrator.down(steps: steps) {
                    Console.write("Took back \(migration.name).")
                }
            }
        }
    }

    struct Redo: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Takes the newest migration back and applies it again."
        )

        func run() async throws {
            try await Runtime.with { runtime in
                Console.write("Applied \(try await runtime.migrator.redo().name) again.")
            }
        }
    }
}

extension MigrationStatus {
    /// One aligned line: number, state, name.
    fileprivate var line: String {
        let digits = String(number)
        let padded = String(repeating: "0", count: max(0, 4 - digits.count)) + digits
        let state = self.state.rawValue.padding(toLength: 10)
        return "\(padded)  \(state)  \(name)"
    }
}

extension String {
    fileprivate func padding(toLength length: Int) -> String {
        self + String(repeating: " ", count: max(0, length - count))
    }
}
