/// What a listener hears.
public enum PostgresNotification: Sendable, Hashable {
    /// All channels are listened to, for the first time: what is committed from here on will be heard.
    case connected

    /// A message of NOTIFY, in the order of the commits.
    case message(channel: String, payload: String)

    /// Messages may have been missed, because the connection was lost and is there again, or because the reader was
    /// too slow: read what the messages are about from its tables.
    case reconnected
}
