import Foundation
import JSON
import Testing

/// What happens on one server is seen at once on the others.
@Suite(.serialized, .timeLimit(.minutes(2)))
struct LiveLatencyTests {
    private static let goal = Duration.milliseconds(300)
    private static let samples = 15

    @Test func change_reachesSubscriberOfOtherServer_inTime() async throws {
        try await Site.with(latencyMilliseconds: 0) { site in
            try await site.withServer(["PORTAL_WORKERS": "1"]) { changing in
                try await site.withServer(["PORTAL_WORKERS": "0"]) { watching in
                    let client = site.member(of: changing)
                    let answer = try await client.create("watched", at: site)
                    let id = try #require(answer["vcluster"]?["id"]?.string)
                    let stream = try await EventStream.open(
                        "/api/v1/vclusters:watch?sendInitial=true",
                        by: site.member(of: watching)
                    )
                    var events = stream.events.makeAsyncIterator()
                    while let event = try await events.next(), event.data["object"]?["phase"]?.string != "RUNNING" {}

                    var latencies: [Duration] = []
                    for number in 0..<Self.samples {
                        // From before the request, so the time of the request itself counts too.
                        let start = ContinuousClock.now
                        try await client.patch("/api/v1/vclusters/\(id)", ["labels": ["round": .string("\(number)")]])
                        while let event = try await events.next() {
                            guard event.data["object"]?["labels"]?["round"]?.string == "\(number)" else { continue }
                            latencies.append(event.arrivedAt - start)
                            break
                        }
                    }

                    try #require(latencies.count == Self.samples)
                    #expect(latencies.sorted()[Self.samples / 2] < Self.goal, "\(latencies)")
                }
            }
        }
    }

    @Test func progress_reachesSubscriberOfOtherServer_inTime() async throws {
        try await Site.with(latencyMilliseconds: 150) { site in
            try await site.withServer(["PORTAL_WORKERS": "8"]) { working in
                try await site.withServer(["PORTAL_WORKERS": "0"]) { watching in
                    let watcher = site.member(of: watching)
                    let answer = try await site.member(of: working).create("watched", at: site)
                    let id = try #require(answer["operation"]?["id"]?.string)
                    let stream = try await EventStream.open("/api/v1/operations/\(id)/events", by: watcher)

                    var delays: [TimeInterval] = []
                    var progress: [Int64] = []
                    for try await event in stream.events {
                        let now = Date()
                        progress.append(try #require(event.data["progress"]?.int))
                        // What the event is about was written when its newest step began or ended.
                        if let written = newestTime(in: event.data) { delays.append(now.timeIntervalSince(written)) }
                    }

                    #expect(progress == progress.sorted())
                    #expect(progress.last == 100)
                    #expect(Set(progress).count >= 5, "\(progress)")
                    #expect(delays.sorted()[delays.count / 2] < 0.3, "\(delays)")
                }
            }
        }
    }

    private func newestTime(in operation: JSONValue) -> Date? {
        let steps = operation["steps"]?.array ?? []
        let texts = steps.flatMap { [$0["startedAt"]?.string, $0["finishedAt"]?.string] }
        return texts.compactMap { $0 }.max().flatMap {
            try? Date($0, strategy: .iso8601.year().month().day().time(includingFractionalSeconds: true))
        }
    }
}
