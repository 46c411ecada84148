import FoundationEssentials

/// What new passwords are accepted: long, not one that everybody tries first, and not one that is known to have leaked.
///
/// The rules of NIST SP 800-63B-4 section 3.1.1.2: at least 15 characters because a password alone signs in here, no
/// rules about kinds of characters, a blocklist, every character of Unicode, never a forced change. The whole password
/// is compared, not parts of it: a phrase with a common word in it is fine.
public struct PasswordPolicy: Sendable {
    /// The shortest password, in Unicode code points.
    public var lengthMin: Int
    /// Words that are no passwords by themselves.
    public var blocklist: PasswordBlocklist
    /// Passwords that have leaked; nil when the operator gave no list.
    public var breached: BreachedPasswords?

    /// A policy; without arguments the length and the rules that need no list.
    public init(
        lengthMin: Int = PortalLimits.Identity.passwordLengthMin,
        blocklist: PasswordBlocklist = PasswordBlocklist(words: []),
        breached: BreachedPasswords? = nil
    ) {
        self.lengthMin = lengthMin
        self.blocklist = blocklist
        self.breached = breached
    }

    /// Checks a new password; finds at most one error.
    ///
    /// Blocks while it reads the file of leaked passwords: see `PasswordHasher.run`.
    ///
    /// - Parameters:
    ///   - password: As it was typed.
    ///   - context: What others know of the account: e-mail, name.
    ///   - field: What the error names.
    ///   - errors: Gets `PASSWORD_TOO_SHORT`, `PASSWORD_TOO_LONG`, `PASSWORD_GUESSABLE` or `PASSWORD_BREACHED`.
    /// - Throws: When the file of leaked passwords cannot be read.
    func check(_ password: String, context: [String], field: String, errors: inout FieldErrors) throws {
        let password = PasswordText.normalized(password)
        let length = password.unicodeScalars.count
        let lengthMax = PortalLimits.Identity.passwordLengthMax
        if length < lengthMin {
            errors.add(field, FieldErrorCode.passwordTooShort, "must have at least \(lengthMin) characters")
        } else if length > lengthMax {
            errors.add(field, FieldErrorCode.passwordTooLong, "must have at most \(lengthMax) characters")
        } else if PasswordGuess(password).isEasy(context: context, blocklist: blocklist) {
            errors.add(
                field,
                FieldErrorCode.passwordGuessable,
                "is one of the first that an attacker tries; several unrelated words are easy to remember and hard to guess"
            )
        } else if try breached?.contains(password) ?? false {
            errors.add(
                field,
                FieldErrorCode.passwordBreached,
                "is in a list of leaked passwords; take another one, and change it wherever else you use it"
            )
        }
    }
}

extension FieldErrorCode {
    /// It is not the password of the account.
    public static let passwordWrong = "PASSWORD_WRONG"
    /// A password has fewer characters than the policy asks for.
    public static let passwordTooShort = "PASSWORD_TOO_SHORT"
    /// A password has more characters than are hashed.
    public static let passwordTooLong = "PASSWORD_TOO_LONG"
    /// A password is a common one, a pattern, or made of what others know of its owner.
    public static let passwordGuessable = "PASSWORD_GUESSABLE"
    /// A password is in the operator's list of leaked ones.
    public static let passwordBreached = "PASSWORD_BREACHED"
}
