import EventLoop
import HTTPCore
import Synchronization

/// Finds or makes the compressed forms of a static file.
///
/// A file beside it with the ending of a coding (`a.css.br`, `a.css.gz`) is taken when it is not older than the file,
/// which would be the rest of a build before, and is smaller. Without one for gzip, text is compressed once.
enum CodedFiles {
    /// Codings that a file beside another can have, the one that gets text smallest first.
    static let siblings: [(coding: ContentCoding, ending: String)] = [(.brotli, ".br"), (.gzip, ".gz")]
    /// Level for content that is compressed once and sent often.
    private static let level = 9

    /// The compressed forms of a file.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - plain: Its content.
    ///   - states: What stat(2) says about the file and those beside it.
    ///   - memory: What is kept of the compressed content is counted here.
    ///   - isReload: Whether a loop waits for the result, so that nothing large may be compressed.
    /// - Returns: None for types that are compressed by themselves and for files too small to matter.
    static func representations(
        of path: String,
        _ plain: FileRepresentation,
        _ states: FileStates,
        memory: CodedMemory,
        isReload: Bool
    ) -> [FileRepresentation] {
        guard isWorthwhile(path, plain.size) else { return [] }
        var found: [FileRepresentation] = []
        for (position, sibling) in siblings.enumerated() where states.isFresh(position) {
            // One that cannot be read is being replaced; the file itself is enough until then.
            guard let file = try? FileBody(path: path + sibling.ending), file.count < plain.size,
                let coded = try? FileRepresentation(file, coding: sibling.coding)
            else { continue }
            found.append(coded)
        }
        if !found.contains(where: { $0.coding == .gzip }), let coded = compressed(plain, memory, isReload: isReload) {
            found.append(coded)
        }
        return found
    }

    /// Whether files beside this one are looked for, and hidden.
    static func isWorthwhile(_ path: String, _ size: Int64) -> Bool {
        CompressibleTypes.contains(ContentTypes.type(of: path)) && size >= Int64(HTTPLimits().compressedBytesMin)
    }

    private static func compressed(
        _ plain: FileRepresentation,
        _ memory: CodedMemory,
        isReload: Bool
    ) -> FileRepresentation? {
        let bytesMax = isReload ? HTTPLimits.staticFileCachedBytesMax : HTTPLimits.staticCodedFileBytesMax
        guard plain.size <= bytesMax else { return nil }
        let bytes: [UInt8]? =
            switch plain.content {
            case .memory(let bytes): bytes
            case .file(let file): try? file.read()
            }
        guard let bytes, let coded = Deflater.gzip(bytes, level: level) else { return nil }
        // A tenth less is not worth a second copy.
        guard coded.count < bytes.count / 10 * 9, memory.reserve(coded.count) else { return nil }
        var representation = FileRepresentation(coded, coding: .gzip)
        representation.reservedBytes = coded.count
        return representation
    }
}

/// What stat(2) says about a file and the compressed ones beside it: tells versions apart without reading them.
struct FileStates: Sendable, Hashable {
    private let file: FileIdentity?
    private let siblings: [FileIdentity?]

    /// Looks at a path.
    init(_ path: String) {
        file = FileIdentity(ofFile: path)
        let isText = CompressibleTypes.contains(ContentTypes.type(of: path))
        siblings = isText ? CodedFiles.siblings.map { FileIdentity(ofFile: path + $0.ending) } : []
    }

    /// Whether the file is there.
    var exists: Bool { file != nil }

    /// Whether the file of ``CodedFiles/siblings`` at a position is there and not older than the file itself.
    func isFresh(_ position: Int) -> Bool {
        guard let file, position < siblings.count, let sibling = siblings[position] else { return false }
        return !sibling.isOlder(than: file)
    }
}

/// Counts the memory for compressed files of one folder.
final class CodedMemory: Sendable {
    private let used = Mutex(0)

    /// Takes bytes, if ``HTTPLimits/staticCodedBytesMax`` leaves room for them.
    func reserve(_ count: Int) -> Bool {
        used.withLock { used in
            guard count <= HTTPLimits.staticCodedBytesMax - used else { return false }
            used += count
            return true
        }
    }

    /// Gives bytes back.
    func release(_ count: Int) {
        used.withLock { $0 -= count }
    }
}
