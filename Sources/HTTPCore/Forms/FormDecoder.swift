/// Reads a form body of type `application/x-www-form-urlencoded`.
public enum FormDecoder {
    /// Why a form could not be read.
    public enum Failure: Error, Sendable, Hashable {
        /// The content type is another one: 415.
        case unsupportedMediaType
        /// The content is not UTF-8: 400.
        case notUTF8
        /// More than ``HTTPLimits/formFieldsMax`` fields: 413.
        case tooManyFields
    }

    /// Decodes a form.
    ///
    /// - Parameters:
    ///   - body: The content; its size was bounded when it was collected.
    ///   - contentType: Value of `Content-Type`; parameters such as `charset` are ignored.
    /// - Returns: The fields in document order.
    /// - Throws: A ``Failure``.
    public static func decode(_ body: [UInt8], contentType: String?) throws(Failure) -> QueryItems {
        guard let type = MediaType(parsing: contentType ?? ""), type.essence == "application/x-www-form-urlencoded"
        else { throw .unsupportedMediaType }
        guard let text = String(validating: body, as: UTF8.self) else { throw .notUTF8 }
        let items = QueryItems(parsing: text)
        guard !items.isTruncated else { throw .tooManyFields }
        return items
    }
}
