extension JSONValue {
    /// Parses a document: one JSON value of RFC 8259 in UTF-8, with white space around it.
    ///
    /// Strict where the RFC leaves a choice: duplicate keys, byte order marks and lone surrogates are errors.
    ///
    /// - Parameters:
    ///   - bytes: The document.
    ///   - limits: Bounds of size and nesting.
    /// - Throws: `JSONError` with the offset and reason of the first fault.
    public init(parsing bytes: some Sequence<UInt8>, limits: JSONLimits = .standard) throws(JSONError) {
        let parsed: Result<JSONValue, JSONError>? = bytes.withContiguousStorageIfAvailable { buffer in
            Self.result(of: buffer, limits: limits)
        }
        if let parsed {
            self = try parsed.get()
        } else {
            // A sequence without storage may be endless: one byte over the limit is enough to refuse it.
            let (count, overflows) = limits.documentBytesMax.addingReportingOverflow(1)
            let copy = Array(bytes.prefix(overflows ? .max : count))
            self = try copy.withUnsafeBufferPointer { buffer in Self.result(of: buffer, limits: limits) }.get()
        }
    }

    /// Parses a document held in a string.
    ///
    /// - Parameters:
    ///   - text: The document.
    ///   - limits: Bounds of size (in bytes of UTF-8) and nesting.
    /// - Throws: `JSONError` with the byte offset and reason of the first fault.
    public init(parsing text: String, limits: JSONLimits = .standard) throws(JSONError) {
        try self.init(parsing: text.utf8, limits: limits)
    }

    /// Carries the typed error through closures that only know `Result`.
    private static func result(
        of bytes: UnsafeBufferPointer<UInt8>,
        limits: JSONLimits
    ) -> Result<JSONValue, JSONError> {
        do throws(JSONError) {
            return .success(try JSONParser.parse(bytes, limits: limits))
        } catch {
            return .failure(error)
        }
    }
}
