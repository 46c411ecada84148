import HTTPCore

/// The compressors of one loop: lent to responses, kept for the next ones, bounded in number.
///
/// Setting one up costs an allocation of 256 KiB that has to be cleared; resetting it costs a few microseconds.
final class CompressorPool {
    private let limit: Int
    private var idle: [Deflater] = []
    /// Compressors that responses have at the moment.
    private(set) var lentCount = 0

    /// A pool without compressors.
    ///
    /// - Parameter limit: How many may be lent at the same time.
    init(limit: Int) {
        self.limit = limit
    }

    /// Lends a compressor; it has to come back by ``giveBack(_:)``.
    ///
    /// - Parameter level: See ``Deflater/begin(level:)``.
    /// - Returns: `nil` beyond the limit, or when there is no memory: the response is sent as it is then.
    func take(level: Int) -> Deflater? {
        guard lentCount < limit, let deflater = idle.popLast() ?? Deflater() else { return nil }
        lentCount += 1
        deflater.begin(level: level)
        return deflater
    }

    /// Takes a compressor back, whether its content was finished or not.
    func giveBack(_ deflater: Deflater) {
        lentCount -= 1
        if idle.count < HTTPLimits.compressorsKeptMax { idle.append(deflater) }
    }
}
