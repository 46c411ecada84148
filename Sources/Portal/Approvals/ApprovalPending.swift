/// Thrown past everything that would begin a change, once the change has been filed as a request: no failure, but an
/// answer of its own, for every verb and every caller of it.
///
/// The API answers 202 with the request, pages lead to its page.
public struct ApprovalPending: Error, Sendable {
    /// The request, which is stored when this is thrown out of a service.
    public let request: ApprovalRequest
}

extension ApprovalPending {
    /// Runs the body of a transaction so that it commits when the change has become a request.
    ///
    /// - Returns: What the body returned, or that it filed a request; `get()` outside of the transaction throws this.
    /// - Throws: Everything else that the body throws, which rolls back.
    static func committing<Value: Sendable>(
        _ body: () async throws -> Value
    ) async throws -> Result<Value, ApprovalPending> {
        do {
            return .success(try await body())
        } catch let pending as ApprovalPending {
            return .failure(pending)
        }
    }
}
