import Configuration
import Portal

extension PortalConfiguration {
    /// How people sign in (docs/sign-in.md).
    struct SignIn: Sendable {
        /// The shortest password, in Unicode code points.
        var passwordLengthMin: Int
        /// The file of leaked passwords; nil without one.
        var breachedPasswordsPath: String?
        /// So many wrong passwords in a row lock the sign-in of an account.
        var lockOutAfter: Int

        /// Reads `PORTAL_PASSWORD_…` and `PORTAL_LOCKOUT_AFTER`.
        ///
        /// The least that can be set is 8, which NIST SP 800-63B-4 allows where a password is one of two factors.
        static func load(_ portal: ConfigReader, integer: (ConfigKey, String, Int, ClosedRange<Int>) -> Int) -> SignIn {
            let lengthMin = PortalLimits.Identity.passwordLengthMin
            let lockOutAfter = PortalLimits().identity.lockOutAfter
            let path = portal.string(forKey: "password.breached.file", default: "")
            return SignIn(
                passwordLengthMin: integer("password.length.min", "PORTAL_PASSWORD_LENGTH_MIN", lengthMin, 8...64),
                breachedPasswordsPath: path.isEmpty ? nil : path,
                lockOutAfter: integer("lockout.after", "PORTAL_LOCKOUT_AFTER", lockOutAfter, 3...100)
            )
        }

        /// The policy; reads the word list of the product, and opens the list of leaked passwords.
        ///
        /// - Throws: `BreachedPasswordsError`, or when the word list cannot be read.
        func passwordPolicy(root: String) throws -> PasswordPolicy {
            PasswordPolicy(
                lengthMin: passwordLengthMin,
                blocklist: try PasswordBlocklist(path: root + "/Resources/passwords/common.txt"),
                breached: try breachedPasswordsPath.map { path in try BreachedPasswords(path: path) }
            )
        }
    }
}
