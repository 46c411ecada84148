import Crypto
import Foundation

/// The prepared statements of one connection, the most recently used ones.
///
/// A value without I/O: it says which statements to prepare and which to deallocate, the connection does it.
struct StatementCache {
    /// A statement that the server knows.
    struct Entry {
        /// Its name on the server, made from its text.
        let name: String
        /// The names of its columns, known after the first answer.
        var columns: PostgresColumns?
        fileprivate var lastUse: UInt64
    }

    /// Statements kept at most, at least 1.
    let countMax: Int

    private var entries: [String: Entry] = [:]
    private var uses: UInt64 = 0

    /// Names of evicted statements that the server still has, to be deallocated.
    private(set) var evicted: [String] = []

    /// Those of them that must not come back as they are.
    private var stale: Set<String> = []

    /// An empty cache.
    init(countMax: Int) {
        self.countMax = max(1, countMax)
    }

    /// Number of statements that are prepared.
    var count: Int { entries.count }

    /// Finds a statement and makes it the most recently used one.
    mutating func use(_ text: String) -> Entry? {
        guard let index = entries.index(forKey: text) else { return nil }
        uses += 1
        entries.values[index].lastUse = uses
        return entries.values[index]
    }

    /// Notes that the server has prepared a statement; evicts the least recently used one if there are too many.
    mutating func insert(_ text: String, name: String) {
        uses += 1
        entries[text] = Entry(name: name, columns: nil, lastUse: uses)
        // A statement that was evicted and has come back is in use again.
        evicted.removeAll { $0 == name }
        // A linear search: it is over some hundred entries and only where a statement is prepared as well.
        if entries.count > countMax, let oldest = entries.min(by: { $0.value.lastUse < $1.value.lastUse }) {
            entries[oldest.key] = nil
            evicted.append(oldest.value.name)
        }
    }

    /// Brings an evicted statement back that the server still has.
    ///
    /// - Returns: False when it has to be prepared.
    mutating func revive(_ text: String, name: String) -> Bool {
        guard evicted.contains(name), !stale.contains(name) else { return false }
        insert(text, name: name)
        return true
    }

    /// Keeps the columns of a statement's answers.
    mutating func setColumns(_ columns: PostgresColumns, of text: String) {
        entries[text]?.columns = columns
    }

    /// Forgets a statement whose plan is of no use any more; it will be deallocated.
    mutating func forget(_ text: String) {
        guard let entry = entries.removeValue(forKey: text) else { return }
        evicted.append(entry.name)
        stale.insert(entry.name)
    }

    /// Notes that the server has deallocated a statement.
    mutating func confirmDeallocation(of name: String) {
        evicted.removeAll { $0 == name }
        stale.remove(name)
    }

    /// The name of a statement: 128 bits of its SHA-256, because texts that share a name would run each other.
    static func name(for text: String) -> String {
        let digest = SHA256.hash(data: Data(text.utf8))
        return "s" + digest.prefix(16).map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }
}
