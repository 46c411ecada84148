import CLibPQ
import EventLoop
import Glibc

extension ServerConnection {
    /// Opens a connection to the first host that takes it.
    ///
    /// Hosts are tried one after the other, each with its own time: libpq alone would wait in a non-blocking connect
    /// until the kernel gives up on a host that does not answer. Names are resolved off the loop. Must be on the loop.
    ///
    /// - Throws: `PostgresError` of the last host tried; `CancellationError`.
    static func open(
        _ settings: ConnectionSettings,
        loop: EventLoop,
        canceller: Canceller
    ) async throws -> ServerConnection {
        guard loop.isCurrent else { throw PostgresError(.closed, "the event loop was stopped") }
        let hosts = try await HostResolver.resolve(settings.hosts, max: settings.configuration.limits.addressesMax)
        var failure = PostgresError(.connection, "the database URL has no host that can be resolved")
        for attributes in settings.sessionAttributes {
            for host in hosts {
                do {
                    let keywords = settings.keywords(for: host, sessionAttributes: attributes)
                    return try await open(keywords, settings, loop: loop, canceller: canceller)
                } catch let error as PostgresError {
                    failure = error
                }
            }
        }
        throw failure
    }

    private static func open(
        _ keywords: [String: String],
        _ settings: ConnectionSettings,
        loop: EventLoop,
        canceller: Canceller
    ) async throws -> ServerConnection {
        guard let handle = start(keywords) else { throw PostgresError(.connection, "out of memory") }
        do {
            let deadline = LoopInstant.now.advanced(by: settings.configuration.connectTimeout)
            try await poll(handle, loop: loop, deadline: deadline)
            return try ServerConnection(handle: handle, loop: loop, settings: settings, canceller: canceller)
        } catch {
            PQfinish(handle)
            throw error
        }
    }

    private static func start(_ keywords: [String: String]) -> OpaquePointer? {
        // Copies that live as long as the call: an array of C strings cannot be borrowed from Swift strings.
        let names = keywords.keys.map { strdup($0) }
        let values = keywords.values.map { strdup($0) }
        defer { for copy in names + values { free(copy) } }
        let namePointers = names.map { UnsafePointer($0) } + [nil]
        let valuePointers = values.map { UnsafePointer($0) } + [nil]
        return PQconnectStartParams(namePointers, valuePointers, 0)
    }

    /// Drives libpq until the connection is ready.
    private static func poll(
        _ handle: OpaquePointer,
        loop: EventLoop,
        deadline: LoopInstant
    ) async throws {
        guard PQstatus(handle) != CONNECTION_BAD else { throw refused(handle) }
        var wanted = PGRES_POLLING_WRITING
        while wanted != PGRES_POLLING_OK {
            guard wanted != PGRES_POLLING_FAILED else { throw refused(handle) }
            // libpq may go on with another socket under the same number after each step, so none is watched across one.
            let watcher = try DescriptorWatcher(descriptor: PQsocket(handle), loop: loop)
            do throws(SocketError) {
                defer { watcher.close() }
                if wanted == PGRES_POLLING_READING {
                    try await watcher.waitReadable(deadline: deadline)
                } else {
                    try await watcher.waitWritable(deadline: deadline)
                }
            } catch {
                if error == .timedOut { throw PostgresError(.connection, "the server did not accept in time") }
                if Task.isCancelled { throw CancellationError() }
                throw PostgresError(.connection, error.description)
            }
            wanted = PQconnectPoll(handle)
        }
    }

    /// Why the server did not take the connection.
    ///
    /// libpq does not hand out the SQLSTATE of a failed connect, only its text. What the server itself refuses (wrong
    /// password, no such database) is an error of the configuration, unless it is starting, stopping or full.
    private static func refused(_ handle: OpaquePointer) -> PostgresError {
        let error = PostgresError(lost: handle, outcome: .notExecuted)
        let passing = [
            "starting up", "shutting down", "recovery", "too many", "remaining connection slots", "not accepting",
        ]
        let isRefusal = error.message.contains("FATAL:") && !passing.contains(where: error.message.contains)
        // What libpq itself finds wrong, before or in place of an answer.
        let isUnusable = ["invalid ", "no password supplied"].contains(where: error.message.contains)
        return isRefusal || isUnusable ? PostgresError(.configuration, error.message) : error
    }

    /// `open` from any executor.
    static func openOnLoop(
        _ settings: ConnectionSettings,
        loop: EventLoop,
        canceller: Canceller
    ) async throws -> ServerConnection {
        if loop.isCurrent { return try await open(settings, loop: loop, canceller: canceller) }
        return try await withTaskExecutorPreference(loop) {
            try await open(settings, loop: loop, canceller: canceller)
        }
    }
}
