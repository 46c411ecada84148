import AsyncHTTPClient
import Foundation
import JSON
import NIOCore
import NIOHTTP1
import Portal
import Synchronization

/// One of many clients that create, resize, suspend, resume and delete at random, on whichever server answers.
struct ChaosClient {
    /// What became of all requests.
    struct Tally: Sendable {
        /// 2xx of changes, by verb.
        var admitted: [String: Int] = [:]
        /// `QUOTA_EXCEEDED`, by verb.
        var refused: [String: Int] = [:]
        /// Other answers that are right: a phase that does not allow it, another change on its way, gone.
        var conflicts = 0
        /// Connections that broke and answers 5xx: a server was killed.
        var broken = 0
        /// Answers that should not be.
        var unexpected: [String] = []
    }

    let number: Int
    let token: String
    let servers: ChaosServers
    let tree: ChaosTree
    let tally: Shared

    /// The tally of all clients.
    final class Shared: Sendable {
        let tally = Mutex(Tally())
    }

    /// Works until it is cancelled or the time is over.
    func run(until end: ContinuousClock.Instant) async {
        var own: [String] = []
        var count = 0
        while ContinuousClock.now < end, !Task.isCancelled {
            count += 1
            if own.isEmpty || (own.count < 4 && Int.random(in: 0..<10) < 4) {
                if let id = await create("c\(number)-\(count)") { own.append(id) }
            } else if let index = own.indices.randomElement() {
                if await change(own[index]) { own.remove(at: index) }
            }
            try? await Task.sleep(for: .milliseconds(Int.random(in: 5...40)))  // polls nothing: people think, too
        }
    }

    private func create(_ name: String) async -> String? {
        guard let leaf = tree.leaves.randomElement() else { return nil }
        let qosClass = ["guaranteed", "burstable", "burstable", "batch"].randomElement() ?? "burstable"
        let answer = await send(
            "create",
            .POST,
            "/api/v1/vclusters",
            [
                "tenantId": .string(leaf.description), "name": .string(name), "qosClass": .string(qosClass),
                "spec": ["quota": envelope],
            ]
        )
        return answer?["vcluster"]?["id"]?.string
    }

    /// - Returns: Whether the vcluster is gone, or will be.
    private func change(_ id: String) async -> Bool {
        let path = "/api/v1/vclusters/\(id)"
        switch Int.random(in: 0..<10) {
        case 0..<3: _ = await send("resize", .POST, path + "/scale", ["quota": envelope])
        case 3..<5: _ = await send("suspend", .POST, path + "/suspend", [:])
        case 5..<8: _ = await send("resume", .POST, path + "/resume", [:])
        case 8: _ = await send("undelete", .POST, path + "/undelete", [:])
        default:
            let grace = Bool.random() ? "?gracePeriodSeconds=0" : ""
            return await send("delete", .DELETE, path + grace, nil) != nil && !grace.isEmpty
        }
        return false
    }

    private var envelope: JSONValue {
        ["cpu": .string("\(Int.random(in: 3...15) * 100)m"), "memory": "1Gi", "pods": 10]
    }

    /// - Returns: The answer to a change that was admitted, nil otherwise.
    private func send(_ verb: String, _ method: HTTPMethod, _ path: String, _ body: JSONValue?) async -> JSONValue? {
        let request = APIClient(url: servers.any, token: token).request(method, path, body)
        do {
            let response = try await HTTPClient.shared.execute(request, timeout: .seconds(20))
            let bytes = Array(buffer: try await response.body.collect(upTo: 1 << 20))
            let json = try JSONValue(parsing: bytes)
            return note(verb, status: Int(response.status.code), json) ? json : nil
        } catch {
            tally.tally.withLock { $0.broken += 1 }
            return nil
        }
    }

    private func note(_ verb: String, status: Int, _ json: JSONValue) -> Bool {
        tally.tally.withLock { tally in
            switch status {
            case 200..<300: tally.admitted[verb, default: 0] += 1
            case 422 where json["code"]?.string == "QUOTA_EXCEEDED": tally.refused[verb, default: 0] += 1
            case 404, 409: tally.conflicts += 1
            case 500...: tally.broken += 1
            default: tally.unexpected.append("\(verb): \(status) \(json.encodedString().prefix(300))")
            }
        }
        return (200..<300).contains(status)
    }
}

/// The addresses of the servers, while they come and go.
final class ChaosServers: Sendable {
    private let urls = Mutex<[String?]>([])

    init(_ urls: [String]) { self.urls.withLock { $0 = urls } }

    /// One that runs, at random.
    var any: String { urls.withLock { $0.compactMap(\.self).randomElement() } ?? "http://127.0.0.1:1" }

    /// Sets where a server is; clients go on to find the one that was killed until it is nil.
    func set(_ url: String?, at index: Int) { urls.withLock { $0[index] = url } }
}
