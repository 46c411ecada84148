import Portal

extension Localizer {
    /// What is wrong with a field, in the reader's language.
    ///
    /// The domain writes English; another language says what the code means, which is less but can be read.
    func text(_ error: FieldError) -> String {
        if error.code == FieldErrorCode.required || language != .english,
            let text = textIfPresent("fieldError.\(error.code)")
        {
            return text
        }
        return Self.sentence(error.message)
    }

    /// What an error says, in the reader's language.
    func text(_ error: PortalError) -> String {
        guard language != .english else { return error.message }
        return textIfPresent("errors.message.\(error.code.rawValue)") ?? error.message
    }

    /// A reason in words; a word that no catalogue knows is shown as it is.
    func reason(_ reason: String) -> String {
        textIfPresent("reason.\(reason)") ?? reason
    }

    /// What to try after a failure; nil when there is nothing to say.
    func hint(_ reason: String?) -> String? {
        reason.flatMap { textIfPresent("hint.\($0)") }
    }

    /// A message that begins with a small letter and ends without a full stop, as a sentence.
    private static func sentence(_ message: String) -> String {
        guard let first = message.first else { return "" }
        let text = first.uppercased() + message.dropFirst()
        return text.hasSuffix(".") ? text : text + "."
    }
}
