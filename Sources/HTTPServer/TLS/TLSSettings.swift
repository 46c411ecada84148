import COpenSSL
import HTTPCore

/// One loaded state of a configuration: its certificates, keys and authorities as they were in the files.
///
/// Immutable; a reload makes another one, and connections keep theirs.
final class TLSSettings: @unchecked Sendable {
    // `@unchecked Sendable`: nothing changes after `init`, and OpenSSL guards the counters in its contexts itself.

    /// What was loaded.
    let configuration: TLSConfiguration
    /// Seals and opens session tickets.
    let ticketKeys: TLSTicketKeys
    private let contexts: [TLSServerContext]

    /// The context of clients that name no host, or an unknown one.
    let fallback: OpaquePointer

    /// Reads all files.
    ///
    /// - Throws: ``TLSError``.
    init(_ configuration: TLSConfiguration, _ ticketKeys: TLSTicketKeys) throws(TLSError) {
        self.configuration = configuration
        self.ticketKeys = ticketKeys
        var contexts: [TLSServerContext] = []
        for certificate in configuration.certificates {
            let chain = try TLSFile(path: certificate.chainPath).certificates()
            let key = try TLSFile(path: certificate.keyPath).privateKey()
            let names = chain[0].hostNames
            let sibling = contexts.first { $0.names == names && !$0.keyKinds.contains(key.kind) }
            let context: TLSServerContext
            if let sibling {
                context = sibling
            } else {
                context = try TLSServerContext(names: names, configuration: configuration)
                contexts.append(context)
            }
            try context.add(chain, key, path: certificate.chainPath)
        }
        guard let first = contexts.first else { throw .noCertificate }
        self.contexts = contexts
        fallback = first.pointer
        let trust = try TLSTrust(configuration.clientCertificates)
        for context in contexts { try complete(context.pointer, trust) }
    }

    /// The context for a host: one that names it exactly, else by a wildcard, else the first.
    func context(for host: String) -> OpaquePointer {
        let match =
            contexts.first { $0.names.containsExactly(host) } ?? contexts.first { $0.names.containsByWildcard(host) }
        return match?.pointer ?? fallback
    }

    /// Installs what all contexts share: callbacks, tickets, and the check of clients.
    private func complete(_ context: OpaquePointer, _ trust: TLSTrust) throws(TLSError) {
        // Unretained: connections keep these settings alive, and nobody else uses the contexts.
        let this = Unmanaged.passUnretained(self).toOpaque()
        guard SSL_CTX_set_ex_data(context, 0, this) == 1 else { throw .last("SSL_CTX_set_ex_data") }
        TLSCallbacks.install(on: context)
        try trust.apply(to: context)
        if configuration.clientCertificates != .off {
            SSL_CTX_set_cert_verify_callback(context, TLSCallbacks.verify, this)
        }
        guard configuration.sessionTickets.isEnabled else {
            _ = SSL_CTX_set_options(context, COpenSSL_OP_NO_TICKET)
            // SSL_CTX_set_num_tickets(3): the option alone would leave 1.3 with tickets that name cached sessions.
            SSL_CTX_set_num_tickets(context, 0)
            return
        }
        SSL_CTX_set_timeout(context, Int(ticketKeys.lifetime.components.seconds))
        // RFC 8446 section 4.6.1: one ticket is enough for a client that resumes one connection after the other.
        SSL_CTX_set_num_tickets(context, 1)
        guard SSL_CTX_set_tlsext_ticket_key_evp_cb(context, TLSCallbacks.ticketKey) == 1 else {
            throw .last("SSL_CTX_set_tlsext_ticket_key_evp_cb")
        }
    }

    /// Whether a verified client is among the allowed ones.
    func allows(_ client: TLSClientCertificate) -> Bool {
        guard let patterns = configuration.clientCertificates.trust?.allowedIdentities, !patterns.isEmpty else {
            return true
        }
        return patterns.contains { $0.matches(client) }
    }
}
