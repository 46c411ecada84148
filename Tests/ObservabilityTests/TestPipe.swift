import Glibc
import JSON
import Logging

@testable import Observability

/// A pipe as the place where a log goes, and what came out of it.
final class TestPipe: Sendable {
    let reading: Int32
    let writing: Int32

    init() {
        var ends: [Int32] = [0, 0]
        _ = pipe(&ends)
        (reading, writing) = (ends[0], ends[1])
        _ = fcntl(reading, F_SETFL, O_NONBLOCK)
        // As the server does: a vanished reader is an error of `write`.
        signal(SIGPIPE, SIG_IGN)
    }

    deinit {
        close(reading)
        close(writing)
    }

    /// Everything that is in the pipe now.
    func read() -> String {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = Glibc.read(reading, &piece, piece.count)
            guard count > 0 else { return String(decoding: bytes, as: UTF8.self) }
            bytes += piece[..<count]
        }
    }

    /// A logger that writes into the pipe.
    func logger(
        _ format: LogFormat = .json,
        limits: LogLimits = LogLimits(),
        provider: Logger.MetadataProvider? = nil
    ) -> Logger {
        let sink = LogSink(descriptor: writing, limits: limits)
        return Logger(label: "test") { label in
            LineLogHandler(
                label: label,
                level: .debug,
                format: format,
                limits: limits,
                sink: sink,
                metadataProvider: provider
            )
        }
    }

    /// The lines in the pipe, each read by the product's parser.
    func documents() throws -> [JSONValue] {
        try read().split(separator: "\n").map { try JSONValue(parsing: String($0)) }
    }
}
