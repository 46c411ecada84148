import Glibc

/// A file of lines that begin with 40 hexadecimal digits in ascending order, searched where it lies.
final class SortedHashFile: Sendable {
    /// How many bytes it has.
    let size: Int

    private static let digits = 40
    /// Longer than any line: 40 digits, a colon, a count of up to 20 digits and a line break.
    private static let window = 256
    /// How many places the order is checked at, evenly over the file: a list in another order fails there.
    private static let samples = 64

    private let path: String
    private let descriptor: Int32

    /// Opens a file (open(2), fstat(2)).
    init(path: String) throws(BreachedPasswordsError) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        self.path = path
        var facts = stat()
        guard descriptor >= 0, fstat(descriptor, &facts) == 0 else {
            size = 0
            throw BreachedPasswordsError(path: path, reason: .unreadable(errno))
        }
        size = Int(facts.st_size)
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }

    /// Whether the first line begins with a hash.
    var beginsWithHash: Bool { (try? line(startingAt: 0)) != nil }

    /// Looks at some lines, so that a list in another order is noticed at the start and not by what it lets through.
    func checkOrder() throws(BreachedPasswordsError) {
        var last: [UInt8] = []
        for sample in 0..<Self.samples {
            guard let found = try line(atOrAfter: size / Self.samples * sample) else { break }
            guard !found.hash.lexicographicallyPrecedes(last) else {
                throw BreachedPasswordsError(path: path, reason: .unsorted)
            }
            last = found.hash
        }
    }

    /// Whether a hash, 40 upper-case digits, begins a line.
    func contains(_ hash: [UInt8]) throws(BreachedPasswordsError) -> Bool {
        // The lines that begin before `low` are smaller; those that begin at `high` or later are greater.
        var (low, high) = (0, size)
        while low < high {
            let middle = low + (high - low) / 2
            guard let found = try line(atOrAfter: middle), found.start < high else {
                high = middle
                continue
            }
            if found.hash == hash { return true }
            if found.hash.lexicographicallyPrecedes(hash) { low = found.start + Self.digits } else { high = middle }
        }
        return false
    }

    /// The first line that begins at an offset or after it; nil at the end.
    private func line(atOrAfter offset: Int) throws(BreachedPasswordsError) -> (start: Int, hash: [UInt8])? {
        guard offset > 0 else { return try line(startingAt: 0).map { (0, $0) } }
        // One byte earlier: the line break before a line that begins right here has to be seen.
        let bytes = try read(at: offset - 1)
        guard let end = bytes.firstIndex(of: UInt8(ascii: "\n")) else {
            guard offset - 1 + bytes.count >= size else { throw BreachedPasswordsError(path: path, reason: .malformed) }
            return nil
        }
        let start = offset + end
        return try line(startingAt: start).map { (start, $0) }
    }

    /// The hash at an offset, in upper case; nil at the end of the file.
    private func line(startingAt start: Int) throws(BreachedPasswordsError) -> [UInt8]? {
        let bytes = try read(at: start)
        guard !bytes.allSatisfy({ $0 == UInt8(ascii: "\n") || $0 == UInt8(ascii: "\r") }) else { return nil }
        let hash = bytes.prefix(Self.digits).map { $0 >= UInt8(ascii: "a") ? $0 & ~0x20 : $0 }
        let isHash =
            hash.count == Self.digits
            && hash.allSatisfy { byte in
                (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                    || (UInt8(ascii: "A")...UInt8(ascii: "F")).contains(byte)
            }
        let ends =
            bytes.count == Self.digits
            || [UInt8(ascii: ":"), 10, 13].contains(bytes[min(Self.digits, bytes.count - 1)])
        guard isHash, ends else { throw BreachedPasswordsError(path: path, reason: .malformed) }
        return hash
    }

    /// Up to ``window`` bytes from an offset (pread(2)).
    private func read(at offset: Int) throws(BreachedPasswordsError) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: Self.window)
        let count = pread(descriptor, &buffer, buffer.count, off_t(offset))
        guard count >= 0 else { throw BreachedPasswordsError(path: path, reason: .unreadable(errno)) }
        return Array(buffer.prefix(count))
    }
}
