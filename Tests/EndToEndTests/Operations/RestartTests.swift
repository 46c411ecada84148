import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1
import Synchronization
import Testing

/// SIGUSR2: a process of the same program takes over the listening socket while clients go on.
@Suite(.timeLimit(.minutes(2)))
struct RestartTests {
    @Test func restart_failsNoRequest() async throws {
        try await Site.with(latencyMilliseconds: 0) { site in
            let server = try await site.start()
            defer { server.process.kill() }
            let load = Load(url: server.url + "/healthz")
            let running = Task { await load.run(clients: 20) }
            await load.wait(answers: 200)

            kill(server.process.processIdentifier, SIGUSR2)
            let code = try await server.process.waitUntilEnd(within: .seconds(60))
            let successor = try #require(Self.successor(in: server.process.output), "\(server.process.output)")
            defer { kill(successor, SIGKILL) }
            await load.wait(answers: 200)
            load.stop()
            await running.value

            #expect(code == 0, "\(server.process.output)")
            #expect(load.failures == [])
            // It has the socket alone now, and says so at the same address.
            #expect(server.process.output.split(separator: "\n").count { $0.hasPrefix("Portal ready at") } == 2)
        }
    }

    /// The process id in the line that the old process logs when the new one is ready.
    private static func successor(in output: String) -> Int32? {
        let line = output.split(separator: "\n").first { $0.contains("the successor is ready") }
        guard let match = line?.firstMatch(of: #/pid"?[:=]\s*"?(\d+)/#) else { return nil }
        return Int32(match.1)
    }
}

/// Clients that ask again as soon as they have an answer.
private final class Load: Sendable {
    private let url: String
    private let answers = Atomic<Int>(0)
    private let isStopping = Atomic<Bool>(false)
    private let problems = Mutex<[String]>([])

    init(url: String) {
        self.url = url
    }

    var failures: [String] { problems.withLock { $0 } }

    func run(clients: Int) async {
        await withDiscardingTaskGroup { group in
            for _ in 0..<clients { group.addTask { await self.ask() } }
        }
    }

    private func ask() async {
        while !isStopping.load(ordering: .relaxed) {
            do {
                let response = try await HTTPClient.shared.execute(HTTPClientRequest(url: url), timeout: .seconds(30))
                _ = try await response.body.collect(upTo: 1 << 16)
                if response.status != .ok { problems.withLock { $0.append("\(response.status)") } }
                answers.wrappingAdd(1, ordering: .relaxed)
            } catch {
                problems.withLock { $0.append("\(error)") }
                return
            }
        }
    }

    /// Waits for this many answers more, or for a failure.
    func wait(answers count: Int) async {
        let goal = answers.load(ordering: .relaxed) + count
        while answers.load(ordering: .relaxed) < goal, failures.isEmpty { await Task.yield() }
    }

    func stop() {
        isStopping.store(true, ordering: .relaxed)
    }
}
