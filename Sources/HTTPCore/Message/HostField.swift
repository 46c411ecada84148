/// The grammar of `Host` and of an authority without user information (RFC 9110 section 7.2).
enum HostField {
    /// Whether the value is `uri-host [ ":" port ]` with a host that is not empty (RFC 9110 section 4.2.1).
    ///
    /// Stricter than RFC 3986 section 3.2.2 in two points: a comma, which a registered name may have, is what joined
    /// `Host` lines look like, and of IP literals only IPv6 is in use, without a zone, which means something on the
    /// client's machine only.
    static func isValid(_ value: String) -> Bool {
        var value = value
        return value.withUTF8 { isValid($0) }
    }

    private static func isValid(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = bytes.first else { return false }
        if first == 0x5B {  // "[": an IP literal
            guard let end = bytes.firstIndex(of: 0x5D) else { return false }
            let address = String(decoding: bytes[1..<end], as: UTF8.self)
            guard address.contains(":"), IPAddress(address) != nil else { return false }
            return isPortSuffix(UnsafeBufferPointer(rebasing: bytes[(end + 1)...]))
        }
        let end = bytes.firstIndex(of: ASCII.colon) ?? bytes.endIndex
        guard end > 0, isName(UnsafeBufferPointer(rebasing: bytes[..<end])) else { return false }
        return isPortSuffix(UnsafeBufferPointer(rebasing: bytes[end...]))
    }

    /// `reg-name` without commas, which covers `IPv4address` too.
    private static func isName(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        for (position, byte) in bytes.enumerated() {
            guard ByteSet.host.contains(byte) else { return false }
            guard byte == ASCII.percent else { continue }
            guard position + 2 < bytes.count, ASCII.hexValue(bytes[position + 1]) != nil,
                ASCII.hexValue(bytes[position + 2]) != nil
            else { return false }
        }
        return true
    }

    /// Nothing, or a colon and a port; the port may be empty (RFC 3986 section 3.2.3).
    private static func isPortSuffix(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = bytes.first else { return true }
        guard first == ASCII.colon, bytes.count <= 6 else { return false }
        var port = 0
        for byte in bytes[1...] {
            guard byte >= ASCII.zero, byte <= ASCII.nine else { return false }
            port = port * 10 + Int(byte - ASCII.zero)
        }
        return port <= 65535
    }
}
