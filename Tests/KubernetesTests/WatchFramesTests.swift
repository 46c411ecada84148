import JSON
import Testing

@testable import Kubernetes

struct WatchFramesTests {
    private let document = Array(
        """
        {"type":"ADDED","object":{"metadata":{"name":"a","resourceVersion":"1"}}}

        {"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"2"}}}
        {"type":"ERROR","object":{"kind":"Status","code":410,"reason":"Expired"}}

        """.utf8
    )

    /// The events are the same however the bytes are cut.
    @Test(arguments: 1...80)
    func frames_doNotDependOnCuts(size: Int) throws {
        var frames = WatchFrames(eventBytesMax: 100)
        var texts: [String] = []
        for start in stride(from: 0, to: document.count, by: size) {
            frames.append(document[start..<min(start + size, document.count)])
            while let frame = try frames.next() { texts.append(frame.text) }
        }

        #expect(texts == ["ADDED 1", "BOOKMARK 2", "gone"])
    }

    @Test(arguments: ["{}\n", "x\n", "{\"type\":\"NEW\",\"object\":{}}\n"])
    func frames_refuseWhatIsNoEvent(line: String) {
        var frames = WatchFrames(eventBytesMax: 100)
        frames.append(Array(line.utf8))

        #expect(throws: KubernetesError.self) { try frames.next() }
    }

    @Test
    func frames_surviveMutations() {
        var state: UInt64 = 7
        for _ in 0..<5_000 {
            var bytes = document
            for _ in 0..<3 {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                bytes[Int((state >> 33) % UInt64(bytes.count))] = UInt8(truncatingIfNeeded: state >> 20)
            }
            var frames = WatchFrames(eventBytesMax: 100)
            frames.append(bytes)
            var count = 0
            while let frame = try? frames.next() {
                _ = frame
                count += 1
            }
            #expect(count <= 3 + 3)
        }
    }
}

extension WatchFrame {
    fileprivate var text: String {
        switch self {
        case .event(.added, let version): "ADDED \(version)"
        case .event(.bookmark, let version): "BOOKMARK \(version)"
        case .event: "other"
        case .failure(let error): error.kind.rawValue
        }
    }
}
