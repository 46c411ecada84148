import CLibPQ

extension ServerConnection {
    /// Runs a text of any number of statements by the simple protocol, without parameters and without a time limit.
    ///
    /// - Parameter text: Trusted text, as of a migration file.
    /// - Throws: `PostgresError` of the first statement that failed, with the position in the whole text.
    func runScript(_ text: String) async throws {
        try await inTurn { handle in
            if let begin = pendingBegin {
                pendingBegin = nil
                try await simple(begin.text, handle)
            }
            try await simple(text, handle)
        }
    }

    private func simple(_ text: String, _ handle: OpaquePointer) async throws {
        // The pipeline is empty between exchanges, so leaving it cannot fail on a connection that works.
        guard PQexitPipelineMode(handle) == 1, PQsendQuery(handle, text) == 1 else {
            throw lost(handle, outcome: .notExecuted)
        }
        try await flush(handle)
        var failure: PostgresError?
        while let pointer = try await nextResult(handle, silenceMax: nil) {
            defer { PQclear(pointer) }
            switch PQresultStatus(pointer) {
            case PGRES_FATAL_ERROR:
                let error = PostgresError(result: pointer, statement: nil)
                if error.kind == .connection { isBroken = true }
                failure = failure ?? error
                if isBroken { throw error }
            case PGRES_COPY_IN, PGRES_COPY_OUT, PGRES_COPY_BOTH:
                isBroken = true
                throw PostgresError(.server, "COPY with the client is not possible in a script")
            default: break
            }
        }
        guard PQenterPipelineMode(handle) == 1 else { throw lost(handle) }
        if let failure { throw failure }
    }
}
