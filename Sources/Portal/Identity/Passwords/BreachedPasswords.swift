import Crypto
import FoundationEssentials
import Glibc

/// A list of leaked passwords in a file of the operator's, looked up offline in bounded memory.
///
/// Two forms are read. The first line tells which:
/// - `HASH` or `HASH:COUNT` a line, where `HASH` is the upper- or lower-case SHA-1 of a password, in ascending order: what
///   the downloader of Have I Been Pwned writes. The file may be larger than memory: each look-up is a binary search, some
///   35 reads of a few hundred bytes.
/// - One password a line, at most ``plainLinesMax``: each is kept as 8 bytes.
public final class BreachedPasswords: Sendable {
    /// The most lines of the second form; 16 MiB of memory.
    public static let plainLinesMax = 2_000_000

    private enum Source: Sendable {
        case sortedHashes(SortedHashFile)
        /// The first 8 bytes of SHA-1, ascending.
        case kept([UInt64])
    }

    private let source: Source

    /// Opens a list.
    ///
    /// - Parameter path: The file.
    /// - Throws: ``BreachedPasswordsError``.
    public init(path: String) throws(BreachedPasswordsError) {
        let file = try SortedHashFile(path: path)
        if file.beginsWithHash {
            try file.checkOrder()
            source = .sortedHashes(file)
        } else {
            source = .kept(try Self.kept(path: path))
        }
    }

    /// What it is, for `check`.
    public var summary: String {
        switch source {
        case .sortedHashes(let file): "\(file.size) bytes of sorted SHA-1"
        case .kept(let hashes): "\(hashes.count) passwords"
        }
    }

    /// Whether a normalized password is in the list.
    ///
    /// Blocks while it reads.
    ///
    /// - Throws: ``BreachedPasswordsError``.
    func contains(_ password: String) throws(BreachedPasswordsError) -> Bool {
        let hash = Array(Insecure.SHA1.hash(data: Data(password.utf8)))
        switch source {
        case .sortedHashes(let file): return try file.contains(Self.hexadecimal(hash))
        case .kept(let hashes):
            let wanted = Self.prefix(hash)
            var (low, high) = (0, hashes.count)
            while low < high {
                let middle = (low + high) / 2
                if hashes[middle] < wanted { low = middle + 1 } else { high = middle }
            }
            return low < hashes.count && hashes[low] == wanted
        }
    }

    private static func kept(path: String) throws(BreachedPasswordsError) -> [UInt64] {
        guard let file = fopen(path, "r") else { throw BreachedPasswordsError(path: path, reason: .unreadable(errno)) }
        defer { fclose(file) }
        var hashes: [UInt64] = []
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(line) }
        while case let count = getline(&line, &capacity, file), count > 0, let line {
            let bytes = UnsafeRawBufferPointer(start: line, count: count)
            // Long lines are no passwords, and a file without line breaks is no list.
            guard count <= 4096 else { throw BreachedPasswordsError(path: path, reason: .lineTooLong) }
            let text = String(decoding: bytes, as: UTF8.self).filter { !$0.isNewline }
            guard !text.isEmpty else { continue }
            guard hashes.count < plainLinesMax else { throw BreachedPasswordsError(path: path, reason: .tooManyLines) }
            let normalized = PasswordText.normalized(text)
            hashes.append(prefix(Array(Insecure.SHA1.hash(data: Data(normalized.utf8)))))
        }
        hashes.sort()
        return hashes
    }

    private static func prefix(_ hash: [UInt8]) -> UInt64 {
        hash.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }

    private static func hexadecimal(_ bytes: [UInt8]) -> [UInt8] {
        let digits = Array("0123456789ABCDEF".utf8)
        return bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    }
}

/// Why a list of leaked passwords cannot be used.
public struct BreachedPasswordsError: Error, Sendable, Hashable, CustomStringConvertible {
    /// What is wrong.
    public enum Reason: Sendable, Hashable {
        /// A call failed with this error number.
        case unreadable(Int32)
        /// The hashes do not ascend.
        case unsorted
        /// Some line is no hash, although the first one is.
        case malformed
        /// A line has more than 4096 bytes.
        case lineTooLong
        /// There are more plain lines than are kept.
        case tooManyLines
    }

    /// The file.
    public let path: String
    /// What is wrong.
    public let reason: Reason

    /// A sentence with what to do.
    public var description: String {
        switch reason {
        case .unreadable(let code): "\(path) cannot be read: \(String(cString: strerror(code)))"
        case .unsorted: "\(path) is not in the order of its hashes: sort it by hash"
        case .malformed: "\(path) has a line that is no SHA-1, although it begins with one"
        case .lineTooLong: "\(path) has a line of more than 4096 bytes: it has to have one password a line"
        case .tooManyLines:
            "\(path) has more than \(BreachedPasswords.plainLinesMax) passwords: give it as sorted SHA-1 hashes"
        }
    }
}
