import Dispatch
import Glibc

/// Resolves the hosts of a URL off the loops: `PQconnectPoll` would block in getaddrinfo(3).
enum HostResolver {
    /// Hosts with an address for each name; a name with several addresses becomes several hosts.
    ///
    /// Names that cannot be resolved are left out. Addresses, directories of unix sockets and what libpq finds by
    /// itself (environment, service file) are passed on.
    ///
    /// - Parameters:
    ///   - hosts: In the order in which they are to be tried.
    ///   - max: Hosts returned at most.
    /// - Returns: At least one host, in the order of `hosts`.
    /// - Throws: `PostgresError` `.connection` when nothing is left.
    static func resolve(_ hosts: [ConnectionSettings.Host], max: Int) async throws -> [ConnectionSettings.Host] {
        var resolved: [ConnectionSettings.Host] = []
        var problem = ""
        for host in hosts {
            guard let name = host.name, host.address == nil, !name.hasPrefix("/"), !name.hasPrefix("@"),
                !isAddress(name)
            else {
                resolved.append(host)
                continue
            }
            switch await addresses(of: name) {
            case .success(let addresses):
                for address in addresses {
                    resolved.append(ConnectionSettings.Host(name: name, address: address, port: host.port))
                }
            case .failure(let failure): problem = "\(name): \(failure.message)"
            }
        }
        guard !resolved.isEmpty else { throw PostgresError(.connection, "cannot resolve \(problem)") }
        return Array(resolved.prefix(max))
    }

    private struct Failure: Error {
        let message: String
    }

    private static func isAddress(_ name: String) -> Bool {
        var buffer = in6_addr()
        return inet_pton(AF_INET, name, &buffer) == 1 || inet_pton(AF_INET6, name, &buffer) == 1
    }

    private static func addresses(of name: String) async -> Result<[String], Failure> {
        await withUnsafeContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: lookUp(name)) }
        }
    }

    /// Source: getaddrinfo(3), getnameinfo(3).
    private static func lookUp(_ name: String) -> Result<[String], Failure> {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        var list: UnsafeMutablePointer<addrinfo>?
        let code = getaddrinfo(name, nil, &hints, &list)
        defer { if list != nil { freeaddrinfo(list) } }
        guard code == 0 else { return .failure(Failure(message: String(cString: gai_strerror(code)))) }
        var addresses: [String] = []
        var entry = list
        while let current = entry {
            var text = [CChar](repeating: 0, count: 64)
            let length = socklen_t(text.count)
            if getnameinfo(current.pointee.ai_addr, current.pointee.ai_addrlen, &text, length, nil, 0, NI_NUMERICHOST)
                == 0
            {
                let address = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
                if !addresses.contains(address) { addresses.append(address) }
            }
            entry = current.pointee.ai_next
        }
        return .success(addresses)
    }
}
