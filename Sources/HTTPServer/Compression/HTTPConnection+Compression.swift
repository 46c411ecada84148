import EventLoop
import HTTPCore

extension HTTPConnection {
    /// Negotiates the coding of a response, and compresses content in memory.
    ///
    /// - Parameters:
    ///   - response: One that ``CompressionPolicy/concerns(_:_:)``.
    ///   - head: The request.
    /// - Returns: The response to send. That to `HEAD` is made like that to `GET`, so that its fields are the same.
    func negotiated(_ response: HTTPResponse, for head: HTTPRequestHead) async -> HTTPResponse {
        if case .stream = response.body { acceptsTrailers = TrailerFields.areAccepted(by: head) }
        guard response.compression == .automatic else { return response }
        var response = response
        guard response.status != .notModified else {
            CompressionPolicy.completeNotModified(&response, head)
            return response
        }
        guard CompressionPolicy.allowsCoding(response) else { return response }
        // Also on the response that is not compressed: the field is about all responses to this URL.
        response.headers.vary(on: "Accept-Encoding")
        guard CompressionPolicy.prefersGzip(head) else { return response }
        if case .bytes(let bytes) = response.body {
            guard let coded = await gzip(bytes) else { return response }
            response.body = .bytes(coded)
            response.headers.markCoded(.gzip)
        } else {
            response.compression = .gzipStream
        }
        return response
    }

    /// Compresses content in pieces; in between the loop does its other work.
    ///
    /// - Returns: `nil` when no compressor is free or the connection was closed meanwhile.
    private func gzip(_ bytes: [UInt8]) async -> [UInt8]? {
        let compressors = registry.compressors
        guard let deflater = compressors.take(level: CompressionPolicy.level(for: bytes.count)) else { return nil }
        // The loop may have ended meanwhile, and nothing of it may be touched then.
        defer { if loop.isCurrent { compressors.giveBack(deflater) } }
        var output: [UInt8] = []
        var position = 0
        while true {
            let end = min(bytes.count, position + HTTPLimits.compressedPieceBytesMax)
            let isLast = end == bytes.count
            deflater.append(bytes.span.extracting(position..<end), isLast ? .finish : .none, to: &output)
            if isLast { return output }
            position = end
            await loop.yield()
            if transport.isClosed { return nil }
        }
    }
}
