import Logging
import Glibc
import Synchronization

/// A TLS configuration with its files loaded, for the listeners that use it.
///
/// The files can be loaded again while the server runs: new connections get the new certificates, those that are open
/// go on with the old ones.
public final class TLSContext: Sendable {
    /// What is loaded.
    public let configuration: TLSConfiguration
    private let ticketKeys: TLSTicketKeys
    private let state: Mutex<State>

    private struct State {
        var settings: TLSSettings
        /// The files when they were last read, with or without success.
        var seen: [FileIdentity?]
    }

    /// Reads the files of a configuration; blocks, meant for the start of a program.
    ///
    /// - Throws: ``TLSError``.
    public init(_ configuration: TLSConfiguration) throws(TLSError) {
        self.configuration = configuration
        ticketKeys = TLSTicketKeys(configuration.sessionTickets)
        // Looked at before they are read: a change in between is noticed by the next look.
        let seen = Self.identities(configuration)
        state = Mutex(State(settings: try TLSSettings(configuration, ticketKeys), seen: seen))
    }

    /// What a new connection uses.
    var settings: TLSSettings {
        state.withLock { $0.settings }
    }

    /// Reads the files again; blocks for as long as that takes, so it is not for an event loop.
    ///
    /// - Throws: ``TLSError``; what was loaded before stays then.
    public func reload() throws(TLSError) {
        let seen = Self.identities(configuration)
        state.withLock { $0.seen = seen }
        let settings = try TLSSettings(configuration, ticketKeys)
        state.withLock { $0.settings = settings }
    }

    /// Reads the files again if one of them is another than before; blocks as ``reload()``.
    ///
    /// - Returns: Whether there was something new.
    /// - Throws: ``TLSError``, once for each new state of the files.
    @discardableResult
    public func reloadIfChanged() throws(TLSError) -> Bool {
        let present = Self.identities(configuration)
        guard state.withLock({ $0.seen != present }) else { return false }
        try reload()
        return true
    }

    /// Replaces the key of session tickets at once, for example when it may have leaked.
    ///
    /// The key before still opens its tickets until it is replaced for the last time that
    /// ``TLSConfiguration/SessionTickets/previousKeysMax`` allows.
    public func rotateTicketKeys() {
        ticketKeys.rotate()
    }

    /// Looks after the files until the task is cancelled; runs off the event loops.
    ///
    /// - Parameter logger: Told about every reload and every failure.
    func watchFiles(_ logger: Logger) async {
        guard let interval = configuration.fileCheckInterval else { return }
        while (try? await Task.sleep(for: interval)) != nil {
            do {
                if try reloadIfChanged() { logger.notice("TLS certificates were loaded again") }
            } catch {
                logger.error("TLS certificates stay as they are", metadata: ["error": "\(error)"])
            }
        }
    }

    /// What tells the present files from others; `nil` for one that is missing.
    private static func identities(_ configuration: TLSConfiguration) -> [FileIdentity?] {
        configuration.paths.map { path in
            var status = stat()
            return stat(path, &status) == 0 ? FileIdentity(status) : nil
        }
    }
}
