import CEpoll
import Glibc

/// A TCP or Unix-domain socket that accepts connections.
public struct ListeningSocket: ~Copyable, Sendable {
    private let descriptor: Descriptor
    private var file: SocketFile?
    /// What the socket is bound to; the port is the real one when 0 was asked for.
    public let address: SocketAddress

    /// A connection that was accepted: non-blocking, closed on exec, without Nagle's delay.
    public struct Accepted: ~Copyable, Sendable {
        /// The connection.
        public let descriptor: Descriptor
        /// The client's end.
        public let peer: SocketAddress

        /// Gives up the descriptor to a new owner.
        public consuming func release() -> Int32 {
            descriptor.release()
        }
    }

    /// Number of the descriptor, for a ``DescriptorWatcher``.
    public var number: Int32 { descriptor.number }

    /// Binds and listens.
    ///
    /// Resolves the name with getaddrinfo, which may block; meant for the start of a program.
    ///
    /// - Parameters:
    ///   - host: Name or numeric address; empty for all addresses.
    ///   - port: 0 takes any free port.
    ///   - backlog: Connections that the kernel keeps waiting.
    ///   - isPortShared: Sets `SO_REUSEPORT`, so that the next process can listen before this one stops.
    /// - Throws: ``SocketError/unresolved(host:reason:)``; ``SocketError/failed(call:code:)`` of `socket`, `setsockopt`,
    ///   `bind`, `listen` or `getsockname`.
    public init(host: String, port: UInt16, backlog: Int32, isPortShared: Bool = false) throws(SocketError) {
        var hints = addrinfo()
        hints.ai_family = AF_UNSPEC
        hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>?
        let status = getaddrinfo(host.isEmpty ? nil : host, String(port), &hints, &list)
        guard status == 0, let first = list else {
            throw .unresolved(host: host, reason: String(cString: gai_strerror(status)))
        }
        defer { freeaddrinfo(list) }
        let bound = try Self.bind(first.pointee, backlog, isPortShared)
        address = try SocketAddress(boundTo: bound.number)
        descriptor = bound
        file = nil
    }

    /// Binds a Unix-domain socket and listens (unix(7)).
    ///
    /// A socket file at the path that nobody listens on, left by a process that was killed, is replaced. The file is
    /// removed when the socket goes away.
    ///
    /// - Parameters:
    ///   - path: At most 107 bytes.
    ///   - mode: Permission bits of the file; who may write to it may connect.
    ///   - backlog: Connections that the kernel keeps waiting.
    /// - Throws: ``SocketError/failed(call:code:)`` of `socket`, `connect`, `unlink`, `bind`, `chmod` or `listen`;
    ///   `bind` with `EADDRINUSE` when somebody listens there or the file is not a socket.
    public init(path: String, mode: UInt32, backlog: Int32) throws(SocketError) {
        let bound = try SocketFile.bind(path, mode: mode)
        guard Glibc.listen(bound.number, backlog) == 0 else { throw .last("listen") }
        address = try SocketAddress(boundTo: bound.number)
        file = SocketFile(path)
        descriptor = bound
    }

    /// Takes over a listening socket that another process bound, for example systemd (sd_listen_fds(3)).
    ///
    /// - Parameter number: Owned by the result; made non-blocking and closed on exec. It is closed also on failure.
    /// - Throws: ``SocketError/failed(call:code:)`` of `getsockopt`, `getsockname` or `fcntl`; with `EINVAL` when it is
    ///   no listening stream socket.
    public init(inheriting number: Int32) throws(SocketError) {
        let inherited = Descriptor(adopting: number)
        guard try Sockets.option(number, SOL_SOCKET, SO_ACCEPTCONN) == 1,
            try Sockets.option(number, SOL_SOCKET, SO_TYPE) == Int32(SOCK_STREAM.rawValue)
        else { throw .failed(call: "accept", code: EINVAL) }
        guard fcntl(number, F_SETFL, fcntl(number, F_GETFL) | O_NONBLOCK) == 0,
            fcntl(number, F_SETFD, FD_CLOEXEC) == 0
        else { throw .last("fcntl") }
        address = try SocketAddress(boundTo: number)
        file = nil
        descriptor = inherited
    }

    private static func bind(
        _ info: addrinfo,
        _ backlog: Int32,
        _ isPortShared: Bool
    ) throws(SocketError) -> Descriptor {
        let flags = Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let number = socket(info.ai_family, flags, 0)
        guard number >= 0 else { throw .last("socket") }
        let descriptor = Descriptor(adopting: number)
        // A restart must not wait for connections of the old process in TIME_WAIT.
        try Sockets.setOption(number, SOL_SOCKET, SO_REUSEADDR, 1)
        if isPortShared { try Sockets.setOption(number, SOL_SOCKET, SO_REUSEPORT, 1) }
        guard Glibc.bind(number, info.ai_addr, info.ai_addrlen) == 0 else { throw .last("bind") }
        guard Glibc.listen(number, backlog) == 0 else { throw .last("listen") }
        return descriptor
    }

    /// Has the file of a Unix-domain socket removed when the socket goes away; for one that was inherited.
    public mutating func ownFile() {
        guard address.isUnix, file == nil else { return }
        file = SocketFile(String(address.host.dropFirst("unix:".count)))
    }

    /// Leaves the file of a Unix-domain socket to another process that listens with the same socket.
    public mutating func disownFile() {
        guard let file = file.take() else { return }
        file.disown()
    }

    /// Takes one connection from the queue.
    ///
    /// - Returns: `nil` when none is waiting.
    /// - Throws: ``SocketError/failed(call:code:)`` of `accept4`; with `EMFILE`, `ENFILE`, `ENOBUFS` or `ENOMEM` the
    ///   connection stays in the queue. Connections that failed before they were accepted are passed over.
    public borrowing func accept() throws(SocketError) -> Accepted? {
        while true {
            var storage = sockaddr_storage()
            var length = socklen_t(MemoryLayout<sockaddr_storage>.size)
            let number = withUnsafeMutablePointer(to: &storage) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                    accept4(descriptor.number, address, &length, Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue))
                }
            }
            guard number < 0 else {
                // Each response is one write, so there is nothing that Nagle's algorithm could gather.
                try? Sockets.setOption(number, Int32(IPPROTO_TCP), TCP_NODELAY, 1)
                return Accepted(descriptor: Descriptor(adopting: number), peer: SocketAddress(storage))
            }
            switch errno {
            case EAGAIN: return nil
            // accept(2): errors of the new connection are reported here and concern only it.
            case EINTR, ECONNABORTED, EPROTO, EPERM, ENETDOWN, ENETUNREACH, EHOSTDOWN, EHOSTUNREACH, ENONET: continue
            default: throw .last("accept4")
            }
        }
    }
}
