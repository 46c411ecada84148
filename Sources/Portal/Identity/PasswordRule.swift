/// What passwords are accepted: long enough, and not one that everybody tries first.
///
/// No rules about kinds of characters: they make passwords worse, not better (NIST SP 800-63B section 5.1.1.2).
enum PasswordRule {
    /// Checks a new password.
    static func check(_ password: String, email: String, field: String, errors: inout FieldErrors) {
        let lengthMin = PortalLimits.Identity.passwordLengthMin
        let lengthMax = PortalLimits.Identity.passwordLengthMax
        if password.count < lengthMin {
            errors.add(field, FieldErrorCode.outOfRange, "must have at least \(lengthMin) characters")
        } else if password.count > lengthMax {
            errors.add(field, FieldErrorCode.tooLong, "must have at most \(lengthMax) characters")
        } else if isGuessable(password.lowercased(), email: email) {
            errors.add(
                field,
                FieldErrorCode.invalidValue,
                "is one of the first that an attacker tries; several words in a row are easy to remember and hard to guess"
            )
        }
    }

    private static func isGuessable(_ password: String, email: String) -> Bool {
        let localPart = email.prefix { $0 != "@" }
        let bare = password.filter(\.isLetter)
        return common.contains(password) || commonWords.contains(bare)
            || password == email || password == localPart || Set(password).count < 3 || isRun(password)
    }

    /// Whether every character is the one after, or before, its predecessor: `12345678`, `hgfedcba`.
    private static func isRun(_ password: String) -> Bool {
        let scalars = password.unicodeScalars.map { Int($0.value) }
        let steps = Set(zip(scalars, scalars.dropFirst()).map { $1 - $0 })
        return steps == [1] || steps == [-1]
    }

    /// Passwords of at least eight characters from the head of every list of leaked ones.
    private static let common: Set<String> = [
        "1234567890", "0123456789", "1q2w3e4r", "1q2w3e4r5t", "1qaz2wsx", "1qazxsw2", "q1w2e3r4", "zaq12wsx",
        "11223344",
        "12341234", "12344321", "123123123", "147258369", "789456123", "987654321", "a1b2c3d4", "abcd1234", "asdf1234",
        "qwer1234", "qwerty12", "qwerty123", "asdfasdf", "asdfghjkl", "qwertyui", "qwertyuiop", "zxcvbnm1",
        "zxcvbnm123",
        "qazwsxedc", "1234qwer", "p@ssw0rd", "p@ssword", "pa$$word", "passw0rd", "passw0rd1", "woaini1314",
        "5201314520",
        "iloveyou1", "iloveyou2", "admin1234", "admin@123", "root1234", "changeme1", "letmein1", "letmein123",
        "trustno1",
        "abc12345", "aa123456", "test1234", "temp1234",
    ]

    /// Words that stay guessable with digits and signs around them.
    private static let commonWords: Set<String> = [
        "password", "passwort", "kennwort", "mypassword", "administrator", "changeme", "changeit", "welcome", "letmein",
        "iloveyou", "sunshine", "princess", "football", "baseball", "superman", "batman", "dragon", "monkey", "master",
        "qwerty", "qwertz", "azerty", "starwars", "computer", "internet", "whatever", "kubernetes", "vcluster",
        "portal",
        "secret", "default", "michael", "jennifer", "liverpool", "chelsea", "pokemon", "woaini",
    ]
}
