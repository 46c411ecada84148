/// A name of the database's own world: table, column, channel.
///
/// Conform enums, so that identifiers come from the source code: `enum Column: String, SQLIdentifier`.
public protocol SQLIdentifier: Sendable {
    /// The name as PostgreSQL stores it, unquoted; at most 63 bytes, longer names are cut by the server.
    var identifier: String { get }
}

extension SQLIdentifier where Self: RawRepresentable, RawValue == String {
    /// The raw value.
    public var identifier: String { rawValue }
}

extension SQLIdentifier {
    /// The name in double quotes, with the quotes in it doubled.
    ///
    /// A NUL cannot stand in any identifier; it is dropped, because it would cut the statement.
    var quoted: String {
        var text = "\""
        for scalar in identifier.unicodeScalars where scalar != "\0" {
            if scalar == "\"" { text += "\"" }
            text.unicodeScalars.append(scalar)
        }
        return text + "\""
    }
}

/// A channel of LISTEN, whose names are given by the caller.
struct ChannelName: SQLIdentifier {
    let identifier: String
}
