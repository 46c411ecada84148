import JSON
import Kubernetes
import Testing

struct WatchTests {
    @Test
    func watch_listsFirstAndThenFollows() async throws {
        try await FakeAPIServer.with { request, _ in
            guard request.query["watch"] == "true" else { return .json(podList(["a"], version: "10")) }
            return .chunks(
                [event("ADDED", "b", "11"), event("MODIFIED", "b", "12") + event("DELETED", "a", "13")],
                then: .silence
            )
        } _: { server in
            let events = try await server.withClient {
                try await $0.watch(.pod, namespace: "n", labelSelector: "x=y").collect(4)
            }

            #expect(events.map(\.text) == ["reset a", "added b", "modified b", "deleted a"])
            let request = try #require(server.requests.last)
            #expect(request.path == "/api/v1/namespaces/n/pods")
            #expect(
                request.query == [
                    "watch": "true", "allowWatchBookmarks": "true", "resourceVersion": "10", "timeoutSeconds": "290",
                    "labelSelector": "x=y",
                ]
            )
        }
    }

    @Test
    func watch_resumesWhereItWas() async throws {
        try await FakeAPIServer.with { _, number in
            switch number {
            case 0: .chunks([event("ADDED", "a", "6"), event("BOOKMARK", "", "9")], then: .end)
            case 1: .chunks([event("ADDED", "b", "10")], then: .abort)
            case 2: .close
            case 3: .reply(500, status(500, "InternalError"))
            default: .chunks([event("ADDED", "c", "11")], then: .silence)
            }
        } _: { server in
            let events = try await server.withClient { try await $0.watch(.pod, from: "5").collect(4) }

            #expect(events.map(\.text) == ["added a", "bookmark 9", "added b", "added c"])
            #expect(server.requests.map { $0.query["resourceVersion"] } == ["5", "9", "10", "10", "10"])
        }
    }

    @Test
    func watch_joinsEventsThatArriveInPieces() async throws {
        let text = event("ADDED", "äöü😀", "6") + event("ADDED", "b", "7")
        let bytes = Array(text.utf8)
        let pieces = stride(from: 0, to: bytes.count, by: 7).map {
            String(decoding: bytes[$0..<min($0 + 7, bytes.count)].filter { $0 < 0x80 }, as: UTF8.self)
        }
        try await FakeAPIServer.with { _, _ in
            .chunks(pieces, then: .silence)
        } _: { server in
            let events = try await server.withClient { try await $0.watch(.pod, from: "5").collect(2) }

            #expect(events.map(\.text) == ["added ", "added b"])
        }
    }

    /// 410 comes as an event or as the answer; both mean that the state has to be read anew.
    @Test(arguments: [true, false])
    func watch_listsAgainWhenTheVersionIsGone(asEvent: Bool) async throws {
        try await FakeAPIServer.with { request, _ in
            guard request.query["watch"] == "true" else { return .json(podList(["x", "y"], version: "50")) }
            guard request.query["resourceVersion"] == "50" else {
                let gone = status(410, "Expired")
                let line = JSONValue.object(["type": "ERROR", "object": gone]).encodedString() + "\n"
                return asEvent ? .chunks([line], then: .end) : .reply(410, gone)
            }
            return .chunks([event("DELETED", "x", "51")], then: .silence)
        } _: { server in
            let events = try await server.withClient { try await $0.watch(.pod, from: "5").collect(2) }

            #expect(events.map(\.text) == ["reset x,y", "deleted x"])
        }
    }

    @Test
    func watch_throwsWhatCannotGetBetter() async throws {
        try await FakeAPIServer.with { _, _ in
            .reply(403, status(403, "Forbidden"))
        } _: { server in
            let error = await expectError(.forbidden) {
                try await server.withClient { try await $0.watch(.pod, namespace: "n", from: "5").collect(1) }
            }

            #expect(error?.operation == "WATCH pods n/")
            #expect(server.requests.count == 1)
        }
    }

    @Test
    func watch_givesUpAfterFailuresInARow() async throws {
        try await FakeAPIServer.with { _, _ in
            .chunks([], then: .end)
        } _: { server in
            await expectError(.unavailable) {
                try await server.withClient(limits: {
                    $0.watchFailuresMax = 3
                    $0.watchProofDuration = .seconds(60)
                }) {
                    try await $0.watch(.pod, from: "5").collect(1)
                }
            }
            #expect(server.requests.count == 4)
        }
    }

    @Test
    func watch_endsAfterItThrew() async throws {
        try await FakeAPIServer.with { _, _ in
            .reply(401, status(401, "Unauthorized"))
        } _: { server in
            try await server.withClient { client in
                var events = client.watch(.pod).makeAsyncIterator()
                await expectError(.unauthorized) { try await events.next() }
                let after = try await events.next()

                #expect(after == nil)
            }
        }
    }

    @Test
    func watch_boundsEvents() async throws {
        try await FakeAPIServer.with { _, _ in
            .chunks([String(repeating: "x", count: 500), String(repeating: "x", count: 501)], then: .silence)
        } _: { server in
            await expectError(.tooLarge) {
                try await server.withClient(limits: { $0.watchEventBytesMax = 1_000 }) {
                    try await $0.watch(.pod, from: "5").collect(1)
                }
            }
        }
    }

    @Test
    func watch_noticesSilence() async throws {
        try await FakeAPIServer.with { request, _ in
            .chunks(
                request.query["resourceVersion"] == "5" ? [event("ADDED", "a", "6")] : [event("ADDED", "b", "7")],
                then: .silence
            )
        } _: { server in
            let events = try await server.withClient(limits: {
                $0.watchDuration = .milliseconds(100)
                $0.watchGraceDuration = .milliseconds(100)
            }) { try await $0.watch(.pod, from: "5").collect(2) }

            #expect(events.map(\.text) == ["added a", "added b"])
            #expect(Set(server.requests.map { $0.query["resourceVersion"] }) == ["5", "6"])
        }
    }

    @Test
    func watch_endsWithItsTask() async throws {
        try await FakeAPIServer.with { _, _ in
            .chunks([], then: .silence)
        } _: { server in
            try await server.withClient { client in
                let watch = Task { try await client.watch(.pod, from: "5").collect(1) }
                while server.requests.isEmpty { await Task.yield() }
                watch.cancel()

                await #expect(throws: CancellationError.self) { try await watch.value }
            }
        }
    }
}

/// One line of a watch about a pod.
private func event(_ type: String, _ name: String, _ version: String) -> String {
    let object: JSONValue = [
        "kind": "Pod", "apiVersion": "v1",
        "metadata": ["name": JSONValue(name), "resourceVersion": JSONValue(version)],
    ]
    return JSONValue.object(["type": JSONValue(type), "object": object]).encodedString() + "\n"
}

extension KubernetesWatch {
    /// The first events.
    fileprivate func collect(_ count: Int) async throws -> [WatchEvent] {
        var events: [WatchEvent] = []
        for try await event in self {
            events.append(event)
            if events.count == count { break }
        }
        return events
    }
}

extension WatchEvent {
    fileprivate var text: String {
        switch self {
        case .reset(let list): "reset " + list.items.map(\.name).joined(separator: ",")
        case .added(let object): "added \(object.name)"
        case .modified(let object): "modified \(object.name)"
        case .deleted(let object): "deleted \(object.name)"
        case .bookmark(let version): "bookmark \(version)"
        }
    }
}
