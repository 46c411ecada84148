import EventLoop
import HTTPCore
import Synchronization

/// The handler's access to the content of the request that its connection is serving.
final class ContentReader: @unchecked Sendable {
    // `@unchecked Sendable`: a request may travel to any task, but the variables and the connection are touched on the
    // connection's loop only; `next()` moves there first.

    /// Number of bytes announced; `nil` when chunked.
    let length: Int64?
    private let loop: EventLoop
    private let received = Mutex(HTTPHeaders())
    private var connection: HTTPConnection?
    /// Whether a read is under way.
    private(set) var isReading = false

    /// A reader for the connection's present request; must be made on its loop.
    init(_ connection: HTTPConnection, length: Int64?) {
        self.connection = connection
        self.length = length
        loop = connection.loop
    }

    /// The next piece; `nil` at the end.
    ///
    /// - Parameter isKept: Whether the caller keeps the piece in memory, which is counted then.
    /// - Returns: Content that has arrived.
    /// - Throws: ``HTTPBodyError``.
    func next(isKept: Bool = false) async throws(HTTPBodyError) -> [UInt8]? {
        guard loop.isCurrent else {
            return try await withTaskExecutorPreference(loop) { () async throws(HTTPBodyError) -> [UInt8]? in
                try await self.nextOnLoop(isKept)
            }
        }
        return try await nextOnLoop(isKept)
    }

    private func nextOnLoop(_ isKept: Bool) async throws(HTTPBodyError) -> [UInt8]? {
        guard let connection, !isReading else { throw .unavailable }
        isReading = true
        defer { isReading = false }
        let piece = try await connection.readContent()
        if isKept, let piece { try connection.keepContent(piece.count) }
        if piece == nil, length == nil {
            let trailers = connection.decoder.trailers
            received.withLock { $0 = trailers }
        }
        return piece
    }

    /// The fields behind chunked content; empty before its end has been read.
    var trailers: HTTPHeaders { received.withLock { $0 } }

    /// Cuts the reader off when the exchange is over, so that a request that somebody keeps cannot read the next one.
    func invalidate() {
        connection = nil
    }
}
