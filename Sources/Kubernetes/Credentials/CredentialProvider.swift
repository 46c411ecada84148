import Foundation
import NIOSSL

/// What a request carries to prove who sends it.
struct RequestCredentials: Sendable {
    /// Authorization and impersonation.
    let headers: [(name: String, value: Redacted<String>)]
    /// TLS with the plugin's client certificate; nil takes the client's own.
    let tls: TLSConfiguration?
    /// Grows with each renewal, so that a 401 renews credentials once and not once a request in flight.
    let generation: Int
}

/// Keeps the credentials of one endpoint fresh: token files are read again, plugins run when theirs expire.
actor CredentialProvider {
    private let credentials: KubernetesCredentials
    private let limits: KubernetesLimits
    private let tls: TLSConfiguration?
    private let now: @Sendable () -> Date
    private var cached: (credentials: RequestCredentials, expiresAt: Date?)?
    private var generation = 0
    private var isRenewing = false
    /// The calls that wait for the renewal, so that a cancelled one can leave before it ends.
    private var waiters: [Int: CheckedContinuation<RequestCredentials, any Error>] = [:]
    private var waiterCount = 0

    /// Makes a provider that has read nothing yet.
    ///
    /// - Parameters:
    ///   - endpoint: Whose credentials to keep.
    ///   - tls: The endpoint's TLS settings, to which a plugin's certificate is added; nil without TLS.
    ///   - limits: Bounds of plugins and token files.
    ///   - now: The time.
    init(
        endpoint: KubernetesEndpoint,
        tls: TLSConfiguration?,
        limits: KubernetesLimits,
        now: @escaping @Sendable () -> Date = { Date() }
    ) {
        self.credentials = endpoint.credentials
        self.tls = tls
        self.limits = limits
        self.now = now
    }

    /// True when asking again after a 401 can give something else.
    nonisolated var isRenewable: Bool {
        if case .file = credentials.token { return true }
        return credentials.token == .none && credentials.plugin != nil
    }

    /// The credentials for the next request.
    ///
    /// - Throws: `KubernetesError` of kind `credentials` or `configuration`; `CancellationError`.
    func current() async throws -> RequestCredentials {
        if let cached, cached.expiresAt.map({ now() < $0 }) ?? true {
            return cached.credentials
        }
        if !isRenewing {
            isRenewing = true
            // Unstructured, because the run is shared: one caller's cancellation must not fail the others. It
            // is owned by this actor and ends by the plugin's deadline at the latest.
            Task { await self.renewForWaiters() }
        }
        waiterCount += 1
        let waiter = waiterCount
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                if Task.isCancelled {
                    continuation.resume(throwing: CancellationError())
                } else {
                    waiters[waiter] = continuation
                }
            }
        } onCancel: {
            // Hops to the actor, so it runs after the waiter was put in; it ends at once.
            Task { await self.leave(waiter) }
        }
    }

    /// Forgets credentials that the server refused, unless they were replaced already.
    func invalidate(generation refused: Int) {
        if refused == generation {
            cached = nil
        }
    }

    private func leave(_ waiter: Int) {
        waiters.removeValue(forKey: waiter)?.resume(throwing: CancellationError())
    }

    private func renewForWaiters() async {
        let outcome: Result<RequestCredentials, any Error>
        do {
            outcome = .success(try await renew())
        } catch {
            outcome = .failure(error)
        }
        isRenewing = false
        let served = waiters
        waiters = [:]
        for waiter in served.values {
            waiter.resume(with: outcome)
        }
    }

    private func renew() async throws -> RequestCredentials {
        generation += 1
        var headers = credentials.impersonation?.headers.map { ($0.name, Redacted($0.value)) } ?? []
        var expiresAt: Date?
        var tls: TLSConfiguration?
        switch credentials.token {
        case .literal(let token):
            headers.append(try Self.authorization(token))
        case .file(let path):
            let token = try Self.token(inFile: path, bytesMax: limits.credentialFileBytesMax)
            headers.append(try Self.authorization(token))
            expiresAt = now().addingTimeInterval(limits.tokenFileDuration / .seconds(1))
        case .none:
            guard let plugin = credentials.plugin else { break }
            let credential = try await plugin.run(limits: limits)
            if let token = credential.token { headers.append(try Self.authorization(token)) }
            if let certificate = credential.certificate { tls = try self.tls?.presenting(certificate) }
            expiresAt = credential.expiresAt?.addingTimeInterval(-(limits.pluginExpiryLeeway / .seconds(1)))
        }
        let fresh = RequestCredentials(headers: headers, tls: tls, generation: generation)
        cached = (fresh, expiresAt)
        return fresh
    }

    private static func token(inFile path: String, bytesMax: Int) throws -> Redacted<String> {
        do {
            let bytes = try CredentialFile.read(path, bytesMax: bytesMax, what: "the token")
            let text = String(decoding: bytes, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
            return Redacted(text)
        } catch {
            throw KubernetesError.credentials(error.message)
        }
    }

    /// The header of a token, which must be one visible word: anything else could smuggle headers.
    private static func authorization(_ token: Redacted<String>) throws -> (String, Redacted<String>) {
        let text = token.reveal()
        guard !text.isEmpty, text.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw KubernetesError.credentials("the token is empty or has characters that no token has")
        }
        return ("Authorization", Redacted("Bearer " + text))
    }
}
