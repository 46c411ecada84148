import EventLoop
import HTTPCore

/// Compresses the pieces of one streamed response; confined to the loop of its connection.
///
/// Pieces are not flushed one by one, which would spoil the compression of a table written row by row. What zlib holds
/// back is written out when the producer pauses: a timer sees to it that nothing waits for longer than
/// ``HTTPTimeouts/compressedPause``. An empty piece writes it out at once.
final class StreamCompressor {
    private let pool: CompressorPool
    private let loop: EventLoop
    private let pause: Duration
    private let onPause: @Sendable () -> Void
    /// `nil` once it has been given back: it belongs to another response then.
    private var deflater: Deflater?
    private var timer: TimerHandle?

    /// Borrows a compressor; `nil` when none is free.
    ///
    /// - Parameters:
    ///   - pool: Of the loop.
    ///   - loop: For the timer.
    ///   - pause: Longest time that content waits for more.
    ///   - onPause: Called on the loop when it is over: should write an empty piece.
    init?(pool: CompressorPool, loop: EventLoop, pause: Duration, onPause: @escaping @Sendable () -> Void) {
        guard let deflater = pool.take(level: CompressionPolicy.level(for: nil)) else { return nil }
        self.pool = pool
        self.loop = loop
        self.pause = pause
        self.onPause = onPause
        self.deflater = deflater
    }

    /// Gives the compressor back, whether the content was finished or not; must be called on the loop.
    func release() {
        cancelTimer()
        if let deflater { pool.giveBack(deflater) }
        deflater = nil
    }

    /// Compresses a piece.
    ///
    /// - Parameter bytes: At most ``HTTPLimits/compressedPieceBytesMax``; empty writes out what was held back.
    /// - Returns: What is ready to be sent; often nothing.
    func coded(_ bytes: Span<UInt8>) -> [UInt8] {
        var output: [UInt8] = []
        deflater?.append(bytes, bytes.isEmpty ? .sync : .none, to: &output)
        if bytes.isEmpty {
            cancelTimer()
        } else if timer == nil {
            let onPause = onPause
            timer = loop.schedule(at: loop.now() + pause) { [weak self] in
                self?.timer = nil
                onPause()
            }
        }
        return output
    }

    /// Ends the content.
    ///
    /// - Returns: The rest.
    func end() -> [UInt8] {
        cancelTimer()
        var output: [UInt8] = []
        deflater?.append(Span(), .finish, to: &output)
        return output
    }

    private func cancelTimer() {
        if let timer { loop.cancel(timer) }
        timer = nil
    }
}
