import JSON

/// Cuts the body of a watch into events: JSON documents, one a line.
struct WatchFrames {
    private var buffer: [UInt8] = []
    private var start = 0
    /// Bytes before this one hold no line end; without it a large event would be searched again and again.
    private var searched = 0
    private let eventBytesMax: Int

    /// Starts without bytes; an event may have `eventBytesMax` of them.
    init(eventBytesMax: Int) {
        self.eventBytesMax = eventBytesMax
    }

    /// Adds received bytes.
    mutating func append(_ bytes: some Sequence<UInt8>) {
        if start > 0 {
            buffer.removeFirst(start)
            searched -= start
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next whole event; nil when more bytes are needed.
    ///
    /// - Throws: `KubernetesError` of kind `tooLarge` or `malformedResponse`.
    mutating func next() throws(KubernetesError) -> WatchFrame? {
        while let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
            let line = buffer[start..<end]
            start = end + 1
            searched = start
            if line.isEmpty { continue }
            guard line.count <= eventBytesMax else { throw tooLarge() }
            return try WatchFrame(line, bytesMax: eventBytesMax)
        }
        searched = buffer.count
        guard buffer.count - start <= eventBytesMax else { throw tooLarge() }
        return nil
    }

    private func tooLarge() -> KubernetesError {
        KubernetesError(kind: .tooLarge, message: "an event of a watch has more than \(eventBytesMax) bytes")
    }
}

/// One line of a watch.
enum WatchFrame {
    /// Something happened, and the watch can be resumed from the version; it may be empty.
    case event(WatchEvent, resourceVersion: String)
    /// The server ends the watch with an error.
    case failure(KubernetesError)

    /// Reads `{"type": …, "object": …}`.
    init(_ line: ArraySlice<UInt8>, bytesMax: Int) throws(KubernetesError) {
        let json: JSONValue
        do {
            json = try JSONValue(parsing: line, limits: JSONLimits(documentBytesMax: bytesMax))
        } catch {
            throw KubernetesError(
                kind: .malformedResponse,
                message: "the server sends a watch event that is not JSON",
                underlying: error
            )
        }
        let object = KubernetesObject(json["object"] ?? .null)
        let version = object.resourceVersion
        switch json["type"]?.string {
        case "ADDED": self = .event(.added(object), resourceVersion: version)
        case "MODIFIED": self = .event(.modified(object), resourceVersion: version)
        case "DELETED": self = .event(.deleted(object), resourceVersion: version)
        case "BOOKMARK": self = .event(.bookmark(resourceVersion: version), resourceVersion: version)
        case "ERROR":
            let status = KubernetesStatus(json: object.json, httpCode: 500)
            self = .failure(
                KubernetesError(
                    status: status ?? KubernetesStatus(code: 500, message: "unknown error in a watch"),
                    operation: nil
                )
            )
        default:
            throw KubernetesError(kind: .malformedResponse, message: "the server sends an unknown kind of watch event")
        }
    }
}
