import HTTPCore
import HTTPServer
import JSON
import Logging
import Portal

/// Runs a POST once per `Idempotency-Key` and gives its answer to every repetition.
///
/// Only for signed-in callers of the API: a key belongs to a user, and forms have no way to send one.
struct IdempotencyGuard: Sendable {
    let services: PortalServices
    let logger: Logger

    static let header = "Idempotency-Key"

    func run(_ context: RequestContext, handler: RouteHandler) async throws -> HTTPResponse {
        guard context.request.method == .post, let pattern = context.pattern, pattern.audience == .api,
            pattern != .myPassword, pattern != .login, let key = context.request.headers[Self.header],
            let caller = context.caller
        else { return try await handler(context) }
        let request = try IdempotencyRequest(
            callerID: caller.user.id,
            tokenID: caller.tokenID,
            key: key,
            method: context.request.method.rawValue,
            path: context.request.head.target.raw,
            body: pattern == .users ? Self.withoutPassword(context.body) : context.body
        )
        switch try await services.idempotency.begin(request) {
        case .replay(let stored): return Self.replayed(stored)
        case .proceed(let ticket): return try await run(ticket, context, handler)
        }
    }

    private func run(
        _ ticket: IdempotencyService.Ticket,
        _ context: RequestContext,
        _ handler: RouteHandler
    ) async throws -> HTTPResponse {
        let response: HTTPResponse
        do {
            response = try await handler(context)
        } catch {
            // The refusal had no effect, so the key is free again. If that fails, its lock runs out by itself.
            await ignoringErrors { try await services.idempotency.abandon(ticket) }
            throw error
        }
        // The change is made. A lost record must not turn its answer into an error.
        let stored = Self.stored(response)
        await ignoringErrors { try await services.idempotency.complete(ticket, with: stored) }
        return response
    }

    private func ignoringErrors(_ body: () async throws -> Void) async {
        do {
            try await body()
        } catch {
            logger.error("idempotency key is not recorded", metadata: ["error": "\(String(reflecting: error))"])
        }
    }

    /// The body of a new account: the hash of one with a password in it would be a fast hash of that password.
    private static func withoutPassword(_ body: [UInt8]) -> [UInt8] {
        guard var json = try? JSONValue(parsing: body), json["password"] != nil else { return body }
        json["password"] = .null
        return json.encoded()
    }

    private static let keptHeaders = ["Content-Type", "Location", "ETag"]

    /// Members of answers that are shown once: the secrets of tokens, and links that set a password.
    private static let secretMembers = ["token", "link"]

    private static func stored(_ response: HTTPResponse) -> StoredResponse {
        var body: [UInt8] = []
        if case .bytes(let bytes) = response.body { body = bytes }
        // Such a secret is nowhere in the database, so not here either.
        if response.compression == .never, var json = try? JSONValue(parsing: body) {
            for member in secretMembers where json[member] != nil { json[member] = .null }
            body = json.encoded()
        }
        let headers = keptHeaders.compactMap { name in
            response.headers[name].map { StoredResponse.Header(name: name, value: $0) }
        }
        return StoredResponse(status: response.status.code, headers: headers, body: body)
    }

    private static func replayed(_ stored: StoredResponse) -> HTTPResponse {
        let body: HTTPResponseBody = stored.body.isEmpty ? .empty : .bytes(stored.body)
        var response = HTTPResponse(status: HTTPStatus(code: stored.status), body: body)
        for header in stored.headers { response.headers.set(header.name, header.value) }
        response.headers.set("Idempotency-Replayed", "true")
        return response
    }
}
