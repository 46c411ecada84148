import EventLoop
import HTTPCore
import Logging

extension HTTPConnection {
    /// Shakes hands on a listener that encrypts; does nothing on others.
    ///
    /// - Parameter duration: For the whole handshake; `nil` takes as long as for a request's head.
    /// - Returns: Whether requests can be read; if not, the connection only has to be closed.
    func secure(within duration: Duration? = nil) async -> Bool {
        guard let context = listener.listener.tls else { return true }
        do {
            let deadline = loop.now() + (duration ?? self.context.timeouts.header)
            let turns = registry.handshakeTurns
            if let tls = try await transport.startTLS(context.settings, deadline: deadline, turns: turns) {
                info = info.secured(by: tls)
                return true
            }
            await refuse(.badRequest, "This port speaks HTTPS: the request came without TLS.")
            await linger()
        } catch {
            self.context.statistics.refuse(.handshake)
            self.context.logger.debug(
                "TLS handshake failed",
                metadata: ["error": "\(error)", "client": "\(info.client.host)"]
            )
            // What the client still sends would turn the close into a reset, which can destroy the alert.
            if error is TLSError { await linger() }
        }
        return false
    }
}

extension HTTPConnectionInfo {
    /// The same connection, encrypted.
    func secured(by tls: TLSSessionInfo) -> HTTPConnectionInfo {
        HTTPConnectionInfo(peer: peer, client: client, isSecure: true, forwardedHost: forwardedHost, tls: tls)
    }
}
