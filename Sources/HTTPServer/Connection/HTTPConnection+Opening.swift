import EventLoop
import HTTPCore
import Logging
import Synchronization

extension HTTPConnection {
    /// Does what comes before the first request: finds out who the client is and whether it may have a connection.
    ///
    /// - Returns: Whether the connection is to be served; if not, everything has been said.
    func open() async -> Bool {
        if listener.listener.acceptsProxyProtocol {
            guard isTrusted(info.peer), await readProxyHeader() else {
                context.statistics.refuse(.proxyHeader)
                context.logger.debug("proxy header refused", metadata: ["peer": "\(info.peer.host)"])
                return false
            }
        }
        isBehindProxy = !context.trustedProxies.isEmpty && isTrusted(info.client)
        // A trusted proxy's connections are those of many clients.
        guard context.clients.isLimited, !isBehindProxy, let group = info.client.ipAddress?.clientGroup else {
            return await secure()
        }
        guard context.clients.enter(group) else {
            await refuseForAddress()
            return false
        }
        clientGroup = group
        return await secure()
    }

    private func isTrusted(_ address: SocketAddress) -> Bool {
        if let number = address.ipAddress { return context.trustedProxies.contains(number) }
        // Only the sockets of this machine are meant, not what a proxy says of those of its own.
        return address.isUnix && address == info.peer && context.trustedProxies.contains(nil)
    }

    /// Where a request comes from that a trusted proxy passed on.
    func origin(of head: HTTPRequestHead) -> HTTPConnectionInfo {
        let origin = ForwardedOrigin(head.headers, fields: context.forwardedFields, trusting: context.trustedProxies)
        guard let origin else { return info }
        return info.behindProxy(
            client: origin.client.map { SocketAddress($0.address, port: $0.port) },
            isSecure: origin.isSecure,
            host: origin.host
        )
    }

    /// Reads the PROXY protocol's header, which comes before TLS.
    ///
    /// Looks at the bytes before taking them from the socket, so that exactly the header is taken and whoever reads
    /// next finds the beginning of what is its own.
    private func readProxyHeader() async -> Bool {
        let deadline = loop.now() + context.timeouts.header
        isIdle = true
        defer { isIdle = false }
        do {
            while true {
                if let header = try takeProxyHeader() {
                    apply(header)
                    return true
                }
                // What is incomplete when the peer has closed stays so, also nothing at all: a health check.
                guard !transport.watcher.isPeerClosed else { return false }
                transport.watcher.clearReadable()
                try await transport.watcher.waitReadable(deadline: deadline)
            }
        } catch {
            return false
        }
    }

    /// Takes the header from the socket if all of it is there; otherwise nothing.
    private func takeProxyHeader() throws -> ProxyHeader? {
        guard !transport.isClosed else { throw SocketError.cancelled }
        let descriptor = transport.watcher.descriptor
        return try loop.withScratch { scratch in
            let target = UnsafeMutableRawBufferPointer(rebasing: scratch.prefix(HTTPLimits.proxyHeaderBytesMax))
            guard case .bytes(let count) = try Sockets.peek(descriptor, into: target) else { return nil }
            var consumed = 0
            let bytes = UnsafeRawBufferPointer(rebasing: target.prefix(count)).bindMemory(to: UInt8.self)
            guard let header = try ProxyHeader.parse(bytes.span, consumed: &consumed) else { return nil }
            _ = try Sockets.receive(descriptor, into: UnsafeMutableRawBufferPointer(rebasing: target.prefix(consumed)))
            return header
        }
    }

    private func apply(_ header: ProxyHeader) {
        let client: SocketAddress? =
            switch header.source {
            case .address(let address, let port): SocketAddress(address, port: port)
            case .unix(let path): SocketAddress(unixPath: path)
            case nil: nil
            }
        info = info.behindProxy(client: client, isSecure: header.isSecure ? true : nil, host: nil)
    }

    /// Says that the client has too many connections, to a few at a time; the others are cut off, because whoever
    /// opens very many must not keep the server busy with refusing them.
    private func refuseForAddress() async {
        let refusals = context.refusals.wrappingAdd(1, ordering: .relaxed).newValue
        defer { context.refusals.wrappingSubtract(1, ordering: .relaxed) }
        guard refusals <= context.limits.refusalsMax else {
            context.statistics.refuse(.overload)
            return transport.abort()
        }
        await refuseForOverload()
    }
}
