/// Every bound of the HTTP layers; beyond one of them the client gets a clear status and the server stays well.
///
/// The defaults fit a portal behind a load balancer. All sizes are bytes on the wire.
public struct HTTPLimits: Sendable, Hashable {
    /// Longest method; a longer one is answered 501.
    public var methodBytesMax = 32
    /// Longest request target; a longer one is answered 414.
    ///
    /// RFC 9112 section 3 asks for at least 8000 bytes for the whole line.
    public var targetBytesMax = 8 * 1024
    /// Header section, all field lines with their line ends; more is answered 431.
    public var headerBytesMax = 16 * 1024
    /// Field lines of a request; more is answered 431.
    public var headerCountMax = 100
    /// Empty lines tolerated before a request line (RFC 9112 section 2.2); more is answered 400.
    public var leadingEmptyLinesMax = 2
    /// Content of a request, after chunked decoding; more is answered 413.
    public var bodyBytesMax: Int64 = 8 * 1024 * 1024
    /// One chunk-size line with its extensions; longer is answered 400.
    public var chunkLineBytesMax = 256
    /// All chunk extensions of one message; more is answered 400 (RFC 9112 section 7.1.1 asks for a bound).
    public var chunkExtensionBytesMax = 4 * 1024
    /// Trailer section; larger is answered 431.
    public var trailerBytesMax = 4 * 1024
    /// Field lines of the trailer section; more is answered 431.
    public var trailerCountMax = 32

    /// Connections that are served at the same time; the ones beyond get 503.
    public var connectionsMax = 10_000
    /// Connections of one client at the same time, by IPv4 address or IPv6 /64; the ones beyond get 503 or are cut off.
    ///
    /// Those of trusted proxies do not count; behind the PROXY protocol the announced address does. Nothing is counted
    /// when this is not below ``connectionsMax``.
    public var connectionsPerAddressMax = 10_000
    /// Connections that are being told 503; beyond, connections wait in the kernel's queue.
    public var refusalsMax = 512
    /// Connections of one loop up to which idle ones keep their task and buffers, some five kilobytes.
    public var unparkedConnectionsMax = 256
    /// Requests on one connection; the last one is answered with `Connection: close`.
    public var requestsPerConnectionMax = 100_000
    /// Requests of one connection answered in a row: then their responses are sent before the next one is read, and the
    /// other connections have their turn.
    public var pipelinedRequestsMax = 32
    /// Bytes that one connection receives or sends in a row before the other connections have their turn.
    public var turnBytesMax = 64 * 1024
    /// Handlers that run at the same time, in equal shares a loop; requests beyond get 503.
    ///
    /// A response that is being sent, such as an event stream, does not count: its handler has returned.
    public var requestsInFlightMax = 1024
    /// Memory of the buffers of all connections, collected request content and waiting responses among it; beyond, new
    /// requests get 503.
    ///
    /// From three quarters of it on, content that is still being collected gets 503, and the connections that have kept
    /// the most waiting for the longest are cut off, so that the rest is there for small requests.
    public var bufferBytesMax = 256 * 1024 * 1024
    /// Bytes of a response that the kernel takes ahead of the network: a client that does not read costs no more.
    public var unsentBytesMax = 256 * 1024
    /// Seconds after which a client that got 503 is asked to come back (`Retry-After`).
    public var retryAfterSeconds = 1
    /// Bytes taken from a socket ahead of the request that is being served: this bounds pipelining.
    public var pipelinedBytesMax = 64 * 1024
    /// Responses to pipelined requests gathered before they are sent.
    public var outputBytesMax = 64 * 1024
    /// Response content up to this size is sent from one buffer with its head; larger content is not copied.
    public var coalescedBytesMax = 16 * 1024
    /// Response content from this size on is compressed; less fits into one segment of TCP with its head anyway.
    public var compressedBytesMin = 1024
    /// Responses that are compressed at the same time on one event loop; the ones beyond are sent as they are.
    ///
    /// Streams count for as long as they last. Each takes 256 KiB (zlib.h, `deflateInit2`).
    public var compressorsMax = 64
    /// Request content that a handler left unread and that is read away to keep the connection; with more to come the
    /// connection is closed.
    public var drainBytesMax: Int64 = 256 * 1024
    /// Bytes read away after the last response so that a reset does not destroy it (RFC 9112 section 9.6).
    public var lingerBytesMax = 8 * 1024 * 1024
    /// Pending connections in the kernel's queue (`listen`'s backlog).
    public var backlog: Int32 = 1024

    /// Members taken from a list-valued field such as `Accept`; the ones beyond are ignored.
    public static let listMembersMax = 64
    /// Parameters of a query or form; the ones beyond make it invalid.
    public static let formFieldsMax = 1000
    /// Cookies read from a request; the ones beyond are ignored.
    public static let cookiesMax = 64
    /// Longest header of the PROXY protocol; extensions of several kilobytes carry a client certificate.
    public static let proxyHeaderBytesMax = 8 * 1024
    /// Proxies in front of the server whose words are looked at; the ones farther away are ignored.
    public static let proxyHopsMax = 32
    /// Longest request id taken over from a client.
    public static let requestIDBytesMax = 128

    /// Capacity that an empty connection buffer keeps: a typical request needs no allocation, an idle connection wastes
    /// little.
    public static let keptCapacityMax = 1024
    /// Bytes of a file sent by one call: a fast client must not keep the loop from the others.
    public static let sendFileBytesMax: Int64 = 512 * 1024
    /// Connections accepted in a row before the loop looks at its other work.
    public static let acceptBatchMax = 64
    /// Pieces of chunked content are joined up to this size: a flood of tiny chunks must not cost a piece each.
    public static let joinedChunkBytesMax = 64 * 1024
    /// Content compressed in a row before the loop looks at its other work: some 0.2 ms of a page, at most 1.5 ms of noise.
    ///
    /// Most pages are smaller, and so compressed in one go: zlib has 256 KiB of state for each, and going to and fro between
    /// two of them costs caches.
    public static let compressedPieceBytesMax = 48 * 1024
    /// Idle compressors that a loop keeps for its next responses.
    public static let compressorsKeptMax = 4
    /// Ranges that a request may ask for; with more of them it gets everything (RFC 9110 section 17.15).
    public static let rangesMax = 16
    /// Ranges with at most this gap are sent as one: the head of another part would be longer.
    public static let rangeGapBytesMax: Int64 = 128
    /// Static files up to this size are kept in memory.
    public static let staticFileCachedBytesMax: Int64 = 256 * 1024
    /// Largest static file.
    public static let staticFileBytesMax: Int64 = 1 << 30
    /// Largest static file that is compressed when it is read.
    public static let staticCodedFileBytesMax: Int64 = 4 * 1024 * 1024
    /// Compressed static files of one folder that are kept in memory, all together.
    public static let staticCodedBytesMax = 16 * 1024 * 1024
    /// Static files that a folder may have.
    public static let staticFilesMax = 10_000
    /// Depth of folders below the root of static files.
    public static let staticFolderDepthMax = 16

    /// Largest file of certificates, keys or revocation lists.
    public static let tlsFileBytesMax = 16 * 1024 * 1024
    /// Certificates that a client may send, in bytes.
    public static let tlsClientChainBytesMax = 64 * 1024
    /// Authorities between a client certificate and one that is trusted.
    public static let tlsClientChainDepthMax: Int32 = 8
    /// Steps of handshakes that a loop carries out before its other connections have their turn.
    public static let tlsHandshakesPerRoundMax = 4
    /// Bytes taken from a client before the handshake is done.
    public static let tlsHandshakeBytesMax = 256 * 1024
    /// Bytes of a file that are read and encrypted at a time, in between of which other connections have their turn.
    public static let tlsFilePieceBytes = 28 * 1024
    /// Bytes taken from a client in a row that bring no content, such as endless key updates: then it is cut off.
    public static let tlsEmptyBytesMax = 256 * 1024

    /// The defaults.
    public init() {}

    /// Limits that many decoders share: each would hold a copy of some hundred bytes otherwise.
    final class Shared: Sendable {
        let value: HTTPLimits

        init(_ value: HTTPLimits) {
            self.value = value
        }
    }
}

extension HTTPLimits {
    /// The same limits with every number in a range in which sums of them cannot overflow: ≥ 1, or ≥ 0 where none at all
    /// makes sense, and ≤ 2^40 (2^30 where the number is 32 bits wide).
    public var clamped: HTTPLimits {
        var limits = self
        for path: WritableKeyPath<HTTPLimits, Int> in [
            \.methodBytesMax, \.targetBytesMax, \.headerBytesMax, \.headerCountMax, \.chunkLineBytesMax,
            \.connectionsMax, \.connectionsPerAddressMax, \.requestsPerConnectionMax, \.pipelinedRequestsMax,
            \.turnBytesMax,
            \.requestsInFlightMax, \.bufferBytesMax, \.unsentBytesMax, \.pipelinedBytesMax, \.outputBytesMax,
            \.coalescedBytesMax, \.retryAfterSeconds,
        ] { limits[keyPath: path] = min(max(1, limits[keyPath: path]), 1 << 40) }
        for path: WritableKeyPath<HTTPLimits, Int> in [
            \.leadingEmptyLinesMax, \.chunkExtensionBytesMax, \.trailerBytesMax, \.trailerCountMax, \.refusalsMax,
            \.unparkedConnectionsMax,
            \.lingerBytesMax,
        ] { limits[keyPath: path] = min(max(0, limits[keyPath: path]), 1 << 40) }
        limits.bodyBytesMax = min(max(0, limits.bodyBytesMax), 1 << 50)
        limits.drainBytesMax = min(max(0, limits.drainBytesMax), 1 << 50)
        limits.backlog = min(max(1, limits.backlog), 1 << 30)
        return limits
    }
}
