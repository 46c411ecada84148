extension SQL {
    /// Checks what libpq would cut or refuse without a word.
    ///
    /// - Throws: `PostgresError` `.encoding`.
    func checkBinds(_ limits: PostgresLimits) throws(PostgresError) {
        guard binds.count <= limits.parametersMax else {
            let message = "\(binds.count) parameters are more than \(limits.parametersMax); bind an array"
            throw PostgresError(.encoding, message)
        }
        for (index, bind) in binds.enumerated() {
            // Values are sent as C strings, and PostgreSQL has no text with a NUL in it anyway.
            if let bind, bind.utf8.contains(0) {
                throw PostgresError(.encoding, "parameter $\(index + 1) has a NUL character in it")
            }
        }
    }

    /// Calls `body` with the parameters as C strings in one block of memory; NULL is a null pointer.
    func withBindPointers<R>(_ body: (Int32, UnsafePointer<UnsafePointer<CChar>?>?) throws -> R) rethrows -> R {
        guard !binds.isEmpty else { return try body(0, nil) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(binds.reduce(0) { $0 + ($1?.utf8.count ?? 0) + 1 })
        let offsets: [Int?] = binds.map { bind in
            guard let bind else { return nil }
            defer {
                bytes.append(contentsOf: bind.utf8)
                bytes.append(0)
            }
            return bytes.count
        }
        return try bytes.withUnsafeBytes { block in
            let start = block.baseAddress?.assumingMemoryBound(to: CChar.self)
            let pointers = offsets.map { offset in offset.flatMap { start?.advanced(by: $0) } }
            return try pointers.withUnsafeBufferPointer { try body(Int32(binds.count), $0.baseAddress) }
        }
    }
}
