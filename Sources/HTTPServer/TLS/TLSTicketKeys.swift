import COpenSSL
import Synchronization

/// The keys that session tickets are encrypted with: one for new tickets, a few older ones that still open theirs.
///
/// Shared by all loops and kept when certificates are reloaded.
final class TLSTicketKeys: Sendable {
    private let settings: TLSConfiguration.SessionTickets
    private let keys = Mutex<[Key]>([])

    /// One key; its memory is wiped when nobody uses it any more.
    private final class Key: @unchecked Sendable {
        // `@unchecked Sendable`: the memory is written by `init` only.
        private let memory: UnsafeMutableRawBufferPointer
        let born: ContinuousClock.Instant

        static let nameBytes = 16
        static let secretBytes = 32

        /// A random key (RAND_priv_bytes(3)); `nil` when there is no randomness.
        init?(born: ContinuousClock.Instant) {
            self.born = born
            memory = .allocate(byteCount: Self.nameBytes + 2 * Self.secretBytes, alignment: 16)
            let start = memory.baseAddress?.assumingMemoryBound(to: UInt8.self)
            guard RAND_priv_bytes(start, Int32(memory.count)) == 1 else { return nil }
        }

        deinit {
            OPENSSL_cleanse(memory.baseAddress, memory.count)
            memory.deallocate()
        }

        /// Tells keys apart; part of a ticket, in the clear.
        var name: UnsafeRawBufferPointer { part(0, Self.nameBytes) }
        /// Of AES-256.
        var cipherKey: UnsafeRawBufferPointer { part(Self.nameBytes, Self.secretBytes) }
        /// Of HMAC with SHA-256.
        var macKey: UnsafeMutableRawBufferPointer {
            UnsafeMutableRawBufferPointer(rebasing: memory.suffix(Self.secretBytes))
        }

        private func part(_ start: Int, _ count: Int) -> UnsafeRawBufferPointer {
            UnsafeRawBufferPointer(rebasing: memory[start..<(start + count)])
        }
    }

    /// Keys by these settings; the first is made with the first ticket.
    init(_ settings: TLSConfiguration.SessionTickets) {
        self.settings = settings
    }

    /// How long a ticket may be used: the key that sealed it is still there at least so long.
    var lifetime: Duration {
        settings.rotation * max(1, settings.previousKeysMax)
    }

    /// Prepares the encryption of a ticket, as SSL_CTX_set_tlsext_ticket_key_evp_cb(3) asks.
    ///
    /// - Parameters:
    ///   - name: Gets 16 bytes.
    ///   - vector: Gets 16 bytes.
    ///   - cipher: An `EVP_CIPHER_CTX` to set up.
    ///   - mac: An `EVP_MAC_CTX` to set up.
    /// - Returns: 1, or -1 for a failure.
    func seal(
        _ name: UnsafeMutablePointer<UInt8>,
        _ vector: UnsafeMutablePointer<UInt8>,
        _ cipher: OpaquePointer?,
        _ mac: OpaquePointer?
    ) -> Int32 {
        guard let key = present(.now).first else { return -1 }
        UnsafeMutableRawBufferPointer(start: name, count: Key.nameBytes).copyMemory(from: key.name)
        return withExtendedLifetime(key) {
            let secret = key.cipherKey.baseAddress?.assumingMemoryBound(to: UInt8.self)
            guard RAND_bytes(vector, EVP_CIPHER_get_iv_length(EVP_aes_256_cbc())) == 1,
                EVP_EncryptInit_ex2(cipher, EVP_aes_256_cbc(), secret, vector, nil) == 1,
                COpenSSL_MAC_CTX_set_hmac(mac, key.macKey.baseAddress, key.macKey.count) == 1
            else { return -1 }
            return 1
        }
    }

    /// Prepares the decryption of a ticket.
    ///
    /// - Returns: 1; 2 when the ticket is to be replaced by one with the present key; 0 for a key that is not known (the
    ///   handshake is a full one then); -1 for a failure.
    func open(
        _ name: UnsafePointer<UInt8>,
        _ vector: UnsafePointer<UInt8>,
        _ cipher: OpaquePointer?,
        _ mac: OpaquePointer?
    ) -> Int32 {
        let keys = present(.now)
        let wanted = UnsafeRawBufferPointer(start: name, count: Key.nameBytes)
        guard let position = keys.firstIndex(where: { $0.name.elementsEqual(wanted) }) else { return 0 }
        let key = keys[position]
        return withExtendedLifetime(key) {
            let secret = key.cipherKey.baseAddress?.assumingMemoryBound(to: UInt8.self)
            guard EVP_DecryptInit_ex2(cipher, EVP_aes_256_cbc(), secret, vector, nil) == 1,
                COpenSSL_MAC_CTX_set_hmac(mac, key.macKey.baseAddress, key.macKey.count) == 1
            else { return -1 }
            return position == 0 ? 1 : 2
        }
    }

    /// The keys that count at a time, the present one first; replaces it when it has served its time.
    private func present(_ now: ContinuousClock.Instant) -> [Key] {
        keys.withLock { keys in
            let age = settings.rotation
            if keys.first.map({ $0.born.duration(to: now) >= age }) ?? true { addKey(to: &keys, now) }
            // A key seals for one rotation and opens for the lifetime of its last ticket.
            let present = keys.first
            keys.removeAll { $0 !== present && $0.born.duration(to: now) >= age + lifetime }
            return keys
        }
    }

    /// Replaces the present key at once.
    func rotate() {
        keys.withLock { addKey(to: &$0, .now) }
    }

    private func addKey(to keys: inout [Key], _ now: ContinuousClock.Instant) {
        guard let key = Key(born: now) else { return }
        keys.insert(key, at: 0)
        if keys.count > max(1, settings.previousKeysMax) + 1 { keys.removeLast() }
    }
}
