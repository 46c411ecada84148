/// A setting of the session that statements have to find in force, such as the one that row-level security reads.
///
/// A connection keeps at most one such setting, of one name. It travels with the first statement that needs another value
/// than the connection has, so it never costs a round trip, and nothing at all while the value stays the same.
///
/// - Note: It belongs to the session of the server, like prepared statements: a pooler between this client and the server
///   has to pool sessions, not transactions.
public struct PostgresSetting: Sendable, Hashable {
    /// The name, in two parts as of every setting that is not the server's own: `portal.scope`.
    public let name: Name
    /// The value as text.
    public let value: String

    /// A name out of the source code.
    public struct Name: Sendable, Hashable {
        /// The part before the dot.
        let prefix: String
        /// The part behind the dot.
        let suffix: String

        /// A name; both parts are lower-case letters.
        public init(_ prefix: StaticString, _ suffix: StaticString) {
            self.prefix = prefix.description
            self.suffix = suffix.description
        }

        /// The statement that brings the value of the connect back.
        var reset: SQL {
            "RESET \(identifier: SettingPart(identifier: prefix)).\(identifier: SettingPart(identifier: suffix))"
        }
    }

    /// A setting with its value.
    public init(_ name: Name, _ value: String) {
        self.name = name
        self.value = value
    }

    /// The statement that sets it for the rest of the session, or until the transaction around it is rolled back.
    var assignment: SQL {
        "SELECT set_config(\(name.prefix + "." + name.suffix), \(value), false)"
    }
}

/// One part of the name of a setting.
private struct SettingPart: SQLIdentifier {
    let identifier: String
}
