import Crypto
import FoundationEssentials

/// The keys that secrets in the database are sealed with: one that seals, and older ones that only open.
///
/// Text form, for the configuration: `id:base64,id:base64,…`, 32 bytes each, the active key first. To change the key, put
/// a new one in front, restart, re-seal everything, and drop the old one.
public struct KeyRing: Sendable {
    /// The id of the key that seals.
    public let activeID: String
    private let keys: [String: SymmetricKey]

    /// How many keys a ring may have.
    public static let keysMax = 16

    /// Reads the text form.
    ///
    /// - Throws: `SecretBoxError.invalidKeyRing`, which says which entry is wrong and never what is in it.
    public init(parsing text: String) throws(SecretBoxError) {
        let entries = text.split(whereSeparator: { $0 == "," || $0.isWhitespace })
        guard !entries.isEmpty, entries.count <= Self.keysMax else {
            throw .invalidKeyRing("needs 1 to \(Self.keysMax) entries of the form id:base64")
        }
        var keys: [String: SymmetricKey] = [:]
        var activeID: String?
        for (index, entry) in entries.enumerated() {
            let parts = entry.split(separator: ":", maxSplits: 1)
            guard parts.count == 2, parts[0].count <= 40, let key = Data(base64Encoded: String(parts[1])),
                key.count == 32
            else { throw .invalidKeyRing("entry \(index + 1) is not an id, a colon and 32 bytes in base64") }
            let id = String(parts[0])
            guard keys.updateValue(SymmetricKey(data: key), forKey: id) == nil else {
                throw .invalidKeyRing("entry \(index + 1) repeats the id of an entry before it")
            }
            activeID = activeID ?? id
        }
        guard let activeID else { throw .invalidKeyRing("is empty") }
        self.activeID = activeID
        self.keys = keys
    }

    /// A new entry in the text form, with a random key: for a first start and for rotation.
    public static func newEntry(id: String) -> String {
        let key = SymmetricKey(size: .bits256).withUnsafeBytes { Data($0) }
        return "\(id):\(key.base64EncodedString())"
    }

    /// The key with an id; nil when the ring does not have it.
    func key(_ id: String) -> SymmetricKey? { keys[id] }
}

extension KeyRing: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    /// The ids alone.
    public var description: String { "KeyRing(\(keys.keys.sorted().joined(separator: ", ")))" }

    /// The ids alone: keys never reach a log.
    public var debugDescription: String { description }

    /// The ids alone: `dump` and interpolation of values that hold a ring do not see the keys either.
    public var customMirror: Mirror { Mirror(self, children: ["activeID": activeID]) }
}
