import Glibc
import JSON
import Testing

@testable import Observability

/// A log whose reader is slow, gone or never was.
struct LogSinkTests {
    private static func line(_ text: String, count: Int) -> [UInt8] {
        Array((text + String(repeating: "x", count: count - text.utf8.count - 1) + "\n").utf8)
    }

    @Test func write_dropsLinesWhenNobodyReads_andGoesOnAfterwards() {
        let pipe = TestPipe()
        var limits = LogLimits()
        limits.patience = .milliseconds(5)
        let sink = LogSink(descriptor: pipe.writing, limits: limits)
        let line = Self.line("full ", count: 1_000)

        let start = ContinuousClock.now
        for _ in 0..<10_000 { sink.write(line) }

        // A pipe holds 64 KiB by default (pipe(7)); the rest is dropped at once, but for one wait.
        #expect((9_900...9_990).contains(sink.droppedCount))
        #expect(ContinuousClock.now - start < .seconds(5))
        let lines = pipe.read().split(separator: "\n")
        #expect(lines.count == 10_000 - Int(sink.droppedCount))
        #expect(lines.allSatisfy { $0.utf8.count == 999 })
        let dropped = sink.droppedCount
        sink.write(line)
        #expect(pipe.read().utf8.count == 1_000)
        #expect(sink.droppedCount == dropped)
    }

    @Test func write_survivesAReaderThatIsGone() {
        var ends: [Int32] = [0, 0]
        _ = pipe(&ends)
        signal(SIGPIPE, SIG_IGN)
        let sink = LogSink(descriptor: ends[1])
        close(ends[0])

        for _ in 0..<100 { sink.write(Self.line("gone", count: 10)) }

        #expect(sink.droppedCount == 100)
        close(ends[1])
    }

    @Test func write_survivesAClosedDescriptor() {
        let sink = LogSink(descriptor: -1)

        sink.write(Self.line("closed", count: 10))

        #expect(sink.droppedCount == 1)
    }

    @Test func write_survivesAFullDevice() throws {
        let descriptor = open("/dev/full", O_WRONLY)
        try #require(descriptor >= 0)
        let sink = LogSink(descriptor: descriptor)

        sink.write(Self.line("full", count: 10))

        #expect(sink.droppedCount == 1)
        close(descriptor)
    }

    @Test func write_neverMixesLines() async throws {
        let pipe = TestPipe()
        let sinks = (0..<2).map { _ in LogSink(descriptor: pipe.writing) }
        let count = 2_000
        let reading = Task {
            var text = ""
            while text.utf8.count(where: { $0 == UInt8(ascii: "\n") }) < 4 * count - sinks.dropped {
                text += pipe.read()
                await Task.yield()
            }
            return text
        }

        // Two sinks on one pipe stand for two processes that share their standard error.
        await withTaskGroup(of: Void.self) { group in
            for writer in 0..<4 {
                group.addTask {
                    let letter = String(UnicodeScalar(UInt8(ascii: "a") + UInt8(writer)))
                    for number in 0..<count {
                        let line = String(repeating: letter, count: 50 + number % 400) + "\n"
                        sinks[writer % 2].write(Array(line.utf8))
                    }
                }
            }
        }

        let lines = await reading.value.split(separator: "\n")
        #expect(lines.count == 4 * count - sinks.dropped)
        #expect(lines.allSatisfy { Set($0).count == 1 })
    }
}

extension [LogSink] {
    /// Lines that all of them dropped.
    fileprivate var dropped: Int { reduce(0) { $0 + Int($1.droppedCount) } }
}
