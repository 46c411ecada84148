public import HTTPCore
import Synchronization

/// Writes the content of a streamed response; given to the closure of ``HTTPResponseBody/stream(_:)``.
public struct HTTPBodyWriter: Sendable {
    private let sink: any BodySink

    init(_ sink: some BodySink) {
        self.sink = sink
    }

    /// A writer that hands its pieces to a closure, for tests.
    public init(_ write: @escaping @Sendable ([UInt8]) async throws -> Void) {
        sink = ClosureSink(body: write)
    }

    /// Sends a piece and returns when the connection has taken it: a slow client slows the writer down.
    ///
    /// Concurrent calls are sent one after the other.
    ///
    /// - Parameter bytes: Empty content sends the head of the response, and what compression holds back for better
    ///   results (at most for ``HTTPTimeouts/compressedPause``).
    /// - Throws: ``HTTPWriteError``; `CancellationError`.
    public func write(_ bytes: [UInt8]) async throws {
        try await sink.write(bytes)
    }

    /// Sends text as UTF-8; see ``write(_:)-([UInt8])``.
    public func write(_ text: String) async throws {
        try await sink.write(Array(text.utf8))
    }

    /// Sets the fields that are sent behind the content (RFC 9110 section 6.5), in place of those set before.
    ///
    /// They only reach a client that asked by `TE: trailers` and speaks HTTP/1.1, so they may say nothing that cannot be
    /// missed. Announce them by a `Trailer` field in the head.
    ///
    /// - Parameter trailers: Those that ``TrailerFields`` forbids are dropped.
    public func setTrailers(_ trailers: HTTPHeaders) async {
        await sink.setTrailers(trailers)
    }
}

/// Why a piece of a response could not be sent.
public enum HTTPWriteError: Error, Sendable, Hashable {
    /// The client is gone, or the server stops.
    case disconnected
    /// The client took nothing, or too little, for ``HTTPTimeouts/write``.
    case timedOut
    /// The response has ended.
    case ended
}

/// Where a ``HTTPBodyWriter`` writes to.
protocol BodySink: Sendable {
    /// Takes one piece.
    func write(_ bytes: [UInt8]) async throws
    /// Takes the fields behind the content.
    func setTrailers(_ trailers: HTTPHeaders) async
}

extension BodySink {
    /// Drops them: there is no message to put them into.
    func setTrailers(_ trailers: HTTPHeaders) async {}
}

/// Gathers content in memory.
final class MemorySink: BodySink {
    private let bytesMax: Int
    private let gathered = Mutex<[UInt8]>([])

    /// A sink that takes at most this many bytes.
    init(bytesMax: Int) {
        self.bytesMax = bytesMax
    }

    /// What has been written.
    var content: [UInt8] { gathered.withLock { $0 } }

    /// Takes one piece; throws ``HTTPWriteError/ended`` beyond the bound.
    func write(_ bytes: [UInt8]) async throws {
        try gathered.withLock { content in
            guard bytes.count <= bytesMax - content.count else { throw HTTPWriteError.ended }
            content += bytes
        }
    }
}

private struct ClosureSink: BodySink {
    let body: @Sendable ([UInt8]) async throws -> Void

    func write(_ bytes: [UInt8]) async throws {
        try await body(bytes)
    }
}
