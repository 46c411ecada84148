import AsyncHTTPClient
import Foundation
import JSON
import NIOCore
import NIOHTTP1
import Portal
import PortalTesting
import Postgres
import Testing

/// SIGTERM: nothing that has begun is cut off, and what goes on goes on elsewhere.
@Suite(.timeLimit(.minutes(2)))
struct GracefulStopTests {
    /// Longer than the test: what goes on in the second server was handed over, not taken from a lease that ran out.
    private static let lease = ["PORTAL_LEASE_SECONDS": "120"]

    @Test func stop_handsOperationsToTheOtherServer() async throws {
        // A call takes 20 s on average, 10 at least: the first step is under way all the time.
        try await Site.with(latencyMilliseconds: 20_000) { site in
            let first = try await site.start(Self.lease)
            defer { first.process.kill() }
            let created = try await site.member(of: first).create("moving", at: site)
            let operation = try #require(created["operation"]?["id"]?.string.flatMap { UUID(uuidString: $0) })
            let firstOwner = try await site.poll("the first server to begin") {
                try await site.owner(of: operation)
            }
            let second = try await site.start(Self.lease)
            defer { second.process.kill() }

            first.process.terminate()
            let code = try await first.process.waitUntilEnd(within: .seconds(20))
            let ended = ContinuousClock.now
            let secondOwner = try await site.poll("the second server to continue") {
                let owner = try await site.owner(of: operation)
                return owner == firstOwner ? nil : owner
            }

            #expect(code == 0, "\(first.process.output)")
            #expect(secondOwner != firstOwner)
            #expect(ContinuousClock.now - ended < .seconds(2))
        }
    }

    @Test func stop_endsStreams_andFinishesRequests() async throws {
        try await Site.with(latencyMilliseconds: 0) { site in
            let server = try await site.start(Self.lease)
            defer { server.process.kill() }
            let client = site.member(of: server)
            let stream = try await EventStream.open("/api/v1/vclusters:watch", by: client)
            let upload = HeldUpload()
            async let answer = upload.send(
                client.request(.POST, "/api/v1/vclusters"),
                [
                    "tenantId": .string(site.organization.payments.id.description), "name": "last", "spec": [:],
                ]
            )
            await upload.waitUntilHalfSent()

            server.process.terminate()
            var events = 0
            for try await _ in stream.events { events += 1 }
            upload.finish()
            let response = try await answer
            let code = try await server.process.waitUntilEnd()

            #expect(events == 0)
            #expect(response.status == .accepted)
            #expect(response.headers.first(name: "Connection") == "close")
            #expect(code == 0, "\(server.process.output)")
            // The second start finds what the last request has made, and does it.
            try await site.withServer { again in
                try await site.poll("the vcluster of the last request") {
                    let list = try await site.member(of: again).get("/api/v1/vclusters")
                    let item = list["items"]?.array?.first { $0["name"]?.string == "last" }
                    return item?["phase"]?.string == "RUNNING" ? true : nil
                }
            }
        }
    }
}

extension Site {
    /// Who carries out an operation now.
    fileprivate func owner(of operation: UUID) async throws -> String? {
        try await row("SELECT lease_owner FROM operations WHERE id = \(operation)").decode("lease_owner")
    }
}

/// A request whose second half is sent only when the test says so.
private struct HeldUpload {
    private let taken = AsyncStream.makeStream(of: Void.self)
    private let rest = AsyncStream.makeStream(of: Void.self)

    /// Sends the document in two halves.
    func send(_ request: HTTPClientRequest, _ document: JSONValue) async throws -> HTTPClientResponse {
        let bytes = document.encoded()
        let half = bytes.count / 2
        let body = Halves(first: bytes[..<half], second: bytes[half...], upload: self)
        var request = request
        request.headers.add(name: "Content-Type", value: "application/json")
        request.body = .stream(body, length: .known(Int64(bytes.count)))
        return try await HTTPClient.shared.execute(request, timeout: .seconds(30))
    }

    /// Returns when the client has asked for the second half, so the first is on its way.
    func waitUntilHalfSent() async {
        for await _ in taken.stream { return }
    }

    /// Lets the second half go.
    func finish() { rest.continuation.finish() }

    private struct Halves: AsyncSequence, Sendable {
        let first: ArraySlice<UInt8>
        let second: ArraySlice<UInt8>
        let taken: AsyncStream<Void>.Continuation
        let rest: AsyncStream<Void>

        init(first: ArraySlice<UInt8>, second: ArraySlice<UInt8>, upload: HeldUpload) {
            self.first = first
            self.second = second
            taken = upload.taken.continuation
            rest = upload.rest.stream
        }

        struct Iterator: AsyncIteratorProtocol {
            let halves: Halves
            var position = 0

            mutating func next() async -> ByteBuffer? {
                defer { position += 1 }
                switch position {
                case 0: return ByteBuffer(bytes: halves.first)
                case 1:
                    halves.taken.yield()
                    for await _ in halves.rest {}
                    return ByteBuffer(bytes: halves.second)
                default: return nil
                }
            }
        }

        func makeAsyncIterator() -> Iterator { Iterator(halves: self) }
    }
}
