import JSON
import Testing

@testable import Kubernetes

struct RetryTests {
    private let pod = ResourcePath(kind: .pod, namespace: "n", name: "a")

    @Test(arguments: [500, 502, 503, 504, 429])
    func reads_areRepeated(code: Int) async throws {
        try await FakeAPIServer.with { _, number in
            number < 2 ? .reply(code, status(code, "")) : .json(["metadata": ["name": "a"]])
        } _: { server in
            let object = try await server.withClient { try await $0.get(pod) }

            #expect(object.name == "a")
            #expect(server.requests.count == 3)
        }
    }

    @Test
    func reads_areRepeatedAfterABrokenConnection() async throws {
        try await FakeAPIServer.with { _, number in
            switch number {
            case 0: .close
            case 1: .chunks(["{\"metadata\""], then: .abort)
            default: .json(["metadata": ["name": "a"]])
            }
        } _: { server in
            let object = try await server.withClient { try await $0.get(pod) }

            #expect(object.name == "a")
            #expect(server.requests.count == 3)
        }
    }

    @Test
    func attempts_areBounded() async throws {
        try await FakeAPIServer.with { _, _ in
            .reply(503, status(503, "ServiceUnavailable"))
        } _: { server in
            await expectError(.unavailable) { try await server.withClient { try await $0.get(pod) } }
            #expect(server.requests.count == 4)
        }
    }

    @Test
    func writes_areNotRepeatedUnlessTheServerRefusedThem() async throws {
        try await FakeAPIServer.with { _, _ in
            .reply(503, status(503, ""))
        } _: { server in
            await expectError(.unavailable) { try await server.withClient { try await $0.delete(pod) } }
            #expect(server.requests.count == 1)
        }
        try await FakeAPIServer.with { _, _ in
            .close
        } _: { server in
            await expectError(.unreachable) { try await server.withClient { try await $0.delete(pod) } }
            #expect(server.requests.count == 1)
        }
        try await FakeAPIServer.with { _, number in
            switch number {
            case 0: .reply(429, status(429, "TooManyRequests"), headers: ["Retry-After": "0"])
            case 1: .reply(503, status(503, ""), headers: ["Retry-After": "0"])
            default: .json(status(200, ""))
            }
        } _: { server in
            try await server.withClient { try await $0.delete(pod) }
            #expect(server.requests.count == 3)
        }
    }

    @Test
    func longRetryAfter_isLeftToTheCaller() async throws {
        try await FakeAPIServer.with { _, _ in
            .reply(429, status(429, "TooManyRequests"), headers: ["Retry-After": "120"])
        } _: { server in
            let error = await expectError(.tooManyRequests) { try await server.withClient { try await $0.get(pod) } }

            #expect(error?.retryAfter == .seconds(120))
            #expect(server.requests.count == 1)
        }
    }

    @Test
    func delays_doubleWithJitter() {
        var policy = RetryPolicy(limits: .standard)
        let error = KubernetesError(kind: .unreachable, message: "")

        #expect(policy.delay(after: error, attempt: 1, isRead: true, jitter: 1) == .milliseconds(100))
        #expect(policy.delay(after: error, attempt: 2, isRead: true, jitter: 1) == .milliseconds(200))
        #expect(policy.delay(after: error, attempt: 3, isRead: true, jitter: 0) == .milliseconds(200))
        #expect(policy.delay(after: error, attempt: 4, isRead: true, jitter: 0) == nil)
        #expect(policy.delay(after: error, attempt: 1, isRead: false, jitter: 0) == nil)
    }

    @Test
    func delays_areNeverBelowRetryAfter() {
        var policy = RetryPolicy(limits: .standard)
        let error = KubernetesError(kind: .tooManyRequests, message: "", retryAfter: .seconds(3))

        #expect(policy.delay(after: error, attempt: 1, isRead: false, jitter: 0) == .seconds(3))
        #expect(policy.delay(after: error, attempt: 1, isRead: false, jitter: 1) == .milliseconds(3100))
    }

    @Test
    func budget_isSpentByRetriesAndEarnedBySuccesses() {
        var policy = RetryPolicy(limits: .standard)
        let error = KubernetesError(kind: .unavailable, message: "")
        for _ in 0..<20 {
            #expect(policy.delay(after: error, attempt: 1, isRead: true, jitter: 0) != nil)
        }
        #expect(policy.delay(after: error, attempt: 1, isRead: true, jitter: 0) == nil)
        for _ in 0..<10 { policy.recordSuccess() }

        #expect(policy.delay(after: error, attempt: 1, isRead: true, jitter: 0) != nil)
        #expect(policy.delay(after: error, attempt: 1, isRead: true, jitter: 0) == nil)
    }

    @Test(arguments: KubernetesError.Kind.allCases)
    func permanentErrors_areNotRepeated(kind: KubernetesError.Kind) {
        var policy = RetryPolicy(limits: .standard)
        let delay = policy.delay(after: KubernetesError(kind: kind, message: ""), attempt: 1, isRead: true, jitter: 0)

        #expect((delay != nil) == [.unreachable, .unavailable, .tooManyRequests].contains(kind))
    }
}
