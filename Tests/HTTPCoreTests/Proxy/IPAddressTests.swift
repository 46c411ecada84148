import HTTPCore
import Testing

/// Numeric addresses and networks as text.
struct IPAddressTests {
    @Test(arguments: [
        ("0.0.0.0", "0.0.0.0"),
        ("192.0.2.255", "192.0.2.255"),
        ("::", "::"),
        ("::1", "::1"),
        ("1::", "1::"),
        ("2001:DB8::A", "2001:db8::a"),
        ("2001:0db8:0000:0000:0000:0000:0000:0001", "2001:db8::1"),
        ("1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8"),
        // RFC 5952 section 4.2: the longest run, the first of equals, never a single group.
        ("1:0:0:2:0:0:0:3", "1:0:0:2::3"),
        ("1:0:0:2:0:0:3:4", "1::2:0:0:3:4"),
        ("1:0:2:3:4:5:6:7", "1:0:2:3:4:5:6:7"),
        ("1::2:3:4:5:6:7", "1:0:2:3:4:5:6:7"),
        // An IPv4 address in IPv6 clothes is that IPv4 address.
        ("::ffff:192.0.2.1", "192.0.2.1"),
        ("::FFFF:C000:0201", "192.0.2.1"),
        ("64:ff9b::192.0.2.33", "64:ff9b::c000:221"),
        ("1:2:3:4:5:6:255.255.255.255", "1:2:3:4:5:6:ffff:ffff"),
    ])
    func address_hasOneCanonicalText(text: String, canonical: String) {
        let address = IPAddress(text)
        #expect(address?.description == canonical)
        #expect(address == IPAddress(canonical))
    }

    @Test(arguments: [
        "", " ", "1", "1.2.3", "1.2.3.4.5", "1.2.3.256", "01.2.3.4", "1.2.3.00", "1.2.3.-4", "1.2.3.+4", "1.2.3.4 ",
        "1..2.3", "0x1.2.3.4", "1.2.3.4/8", ":", ":::", "1:::2", "1::2::3", "1:2:3:4:5:6:7", "1:2:3:4:5:6:7:8:9",
        "1:2:3:4:5:6:7:8::", "::1:2:3:4:5:6:7:8", "12345::", "g::", "1:", ":1", "fe80::1%eth0", "[::1]",
        "1.2.3.4::", "::1.2.3", "::1.2.3.4:5", "1:2:3:4:5:6:7:1.2.3.4", "::ffff:192.0.2.1:80",
        "0000000000000000000000000000000000000000000000::1", "١.2.3.4",
    ])
    func otherText_isNoAddress(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test(arguments: [
        ("10.0.0.0/8", "10.255.0.1", true),
        ("10.0.0.0/8", "11.0.0.1", false),
        ("10.0.0.0/8", "::ffff:10.1.1.1", true),
        ("192.0.2.7", "192.0.2.7", true),
        ("192.0.2.7", "192.0.2.6", false),
        ("0.0.0.0/0", "203.0.113.9", true),
        ("0.0.0.0/0", "2001:db8::1", false),
        ("::/0", "2001:db8::1", true),
        ("::/0", "192.0.2.1", false),
        ("2001:db8::/32", "2001:db8:ffff::", true),
        ("2001:db8::/32", "2001:db9::", false),
        ("2001:db8::/65", "2001:db8::7fff:0:0:1", true),
        ("2001:db8::/65", "2001:db8::8000:0:0:1", false),
        ("2001:db8::1/128", "2001:db8::1", true),
        ("192.0.2.128/25", "192.0.2.127", false),
    ])
    func network_containsItsAddresses(network: String, address: String, isInside: Bool) throws {
        let network = try #require(IPNetwork(network))
        #expect(network.contains(try #require(IPAddress(address))) == isInside)
    }

    @Test(arguments: [
        "", "/", "/8", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/+8", "10.0.0.0/08", "10.0.0.1/8",
        "10.0.0.0/8/8", "::/129", "2001:db8::1/64", "localhost", "10.0.0.0/255.0.0.0", "10.0.0.0/1000",
    ])
    func otherText_isNoNetwork(text: String) {
        #expect(IPNetwork(text) == nil)
    }

    @Test func network_saysItself() {
        #expect(IPNetwork("10.0.0.0/8")?.description == "10.0.0.0/8")
        #expect(IPNetwork("::1")?.description == "::1/128")
    }

    @Test func clientGroup_isTheHouseholdInIPv6() {
        #expect(IPAddress("192.0.2.1")?.clientGroup == IPAddress("192.0.2.1"))
        #expect(IPAddress("2001:db8:1:2:3:4:5:6")?.clientGroup == IPAddress("2001:db8:1:2::"))
    }

    @Test func proxies_areNetworksAndUnixSockets() throws {
        let proxies = try #require(TrustedProxies(parsing: "10.0.0.0/8, ::1,unix"))

        #expect(proxies.contains(IPAddress("10.9.9.9")) && proxies.contains(IPAddress("::1")))
        #expect(proxies.contains(nil))
        #expect(!proxies.contains(IPAddress("192.0.2.1")))
        #expect(!TrustedProxies().contains(nil) && TrustedProxies().isEmpty)
        #expect(TrustedProxies(parsing: "")?.isEmpty == true)
        #expect(TrustedProxies(parsing: "10.0.0.0/8,proxy") == nil)
    }

    @Test(arguments: 0..<4)
    func text_isReadBackForAnyBits(seed: Int) {
        var random = SeededGenerator(seed: UInt64(seed))
        for _ in 0..<2000 {
            // Groups that are often zero, so that all shapes of "::" come up.
            let groups = (0..<8).map { _ in
                Bool.random(using: &random) ? 0 : UInt16.random(in: 0 ... .max, using: &random)
            }
            let text = groups.map { String($0, radix: 16) }.joined(separator: ":")
            let address = IPAddress(text)
            #expect(address != nil && IPAddress(address?.description ?? "") == address, "\(text)")
        }
    }
}
