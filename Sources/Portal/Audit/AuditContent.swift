import Crypto
import FoundationEssentials

/// The bytes of an audit row that its hash covers: every field with its length before it, so that no two rows have the
/// same bytes.
///
/// The hash of a row is SHA-256 over the hash of the row before it, the sequence number (8 bytes, big-endian) and the
/// SHA-256 of these bytes. The order of the fields must never change.
struct AuditContent {
    private var bytes: [UInt8] = []

    init(_ event: AuditEvent) {
        append(event.id.description)
        append(String(event.at.microsecondsSince1970))
        append(event.actorID?.description)
        append(event.actorName)
        append(event.credential)
        append(event.object.tenantPath.map { $0.map(\.description).joined(separator: ",") })
        append(event.verb)
        append(event.object.kind)
        append(event.object.id)
        append(event.object.name)
        append(event.before)
        append(event.after)
        append(event.requestID)
        append(event.result.rawValue)
    }

    /// The hash of the content alone.
    var hash: [UInt8] { Array(SHA256.hash(data: bytes)) }

    /// The hash of a row: what the next row of the chain builds on.
    static func rowHash(previous: [UInt8], sequence: Int64, content: [UInt8]) -> [UInt8] {
        let number = withUnsafeBytes(of: sequence.bigEndian) { Array($0) }
        return Array(SHA256.hash(data: previous + number + content))
    }

    /// The chain of an object, 0 … `PortalLimits.Audit.chainCount` − 1.
    static func chain(ofObject id: String) -> Int {
        let first = Array(SHA256.hash(data: Data(id.utf8)))[0]
        return Int(first) % PortalLimits.Audit.chainCount
    }

    private mutating func append(_ field: String?) {
        guard let field else {
            bytes.append(0)
            return
        }
        bytes.append(1)
        withUnsafeBytes(of: UInt64(field.utf8.count).bigEndian) { bytes.append(contentsOf: $0) }
        bytes.append(contentsOf: field.utf8)
    }
}
