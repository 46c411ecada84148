import CEpoll
import EventLoop
import Glibc

extension SuccessorProcess {
    /// Starts a process whose descriptors are the standard ones and, from 3 on, the sockets.
    static func spawn(
        _ arguments: [String],
        _ sockets: [InheritedSockets.Socket]
    ) throws(SocketError) -> pid_t {
        // Out of the way of the numbers that they get in the new process.
        var copies: [Int32] = []
        defer { for copy in copies { _ = Glibc.close(copy) } }
        for socket in sockets {
            let copy = fcntl(socket.descriptor, F_DUPFD_CLOEXEC, Int32(InheritedSockets.socketsMax) + 16)
            guard copy >= 0 else { throw .last("fcntl") }
            copies.append(copy)
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        for (index, copy) in copies.enumerated() {
            // dup2(2) makes a descriptor that stays open on exec.
            posix_spawn_file_actions_adddup2(&actions, copy, InheritedSockets.firstDescriptor + Int32(index))
        }
        // What else this process was given open, such as a pipe by which a supervisor sees its end, stays its own.
        posix_spawn_file_actions_addclosefrom_np(&actions, InheritedSockets.firstDescriptor + Int32(copies.count))
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        resetSignals(&attributes)
        return try spawn(arguments, environment(names: sockets.map(\.name)), &actions, &attributes)
    }

    private static func spawn(
        _ arguments: [String],
        _ environment: [String],
        _ actions: inout posix_spawn_file_actions_t,
        _ attributes: inout posix_spawnattr_t
    ) throws(SocketError) -> pid_t {
        var argumentPointers = arguments.map { strdup($0) } + [nil]
        var environmentPointers = environment.map { strdup($0) } + [nil]
        defer { for pointer in argumentPointers + environmentPointers { free(pointer) } }
        var processID: pid_t = 0
        let status = posix_spawnp(
            &processID,
            arguments.first ?? "",
            &actions,
            &attributes,
            &argumentPointers,
            &environmentPointers
        )
        guard status == 0 else { throw .failed(call: "posix_spawnp", code: status) }
        return processID
    }

    /// A loop's thread blocks signals, and a program ignores those that it handles itself; the new process begins
    /// without either.
    private static func resetSignals(_ attributes: inout posix_spawnattr_t) {
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        sigfillset(&signals)
        posix_spawnattr_setsigdefault(&attributes, &signals)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    }

    /// The environment of this process with the variables that ``InheritedSockets`` reads.
    private static func environment(names: [String]) -> [String] {
        var variables: [String] = []
        var next = environ
        while let variable = next.pointee {
            let text = String(cString: variable)
            if !text.hasPrefix("LISTEN_") { variables.append(text) }
            next += 1
        }
        return variables + [
            "LISTEN_PARENT_PID=\(getpid())", "LISTEN_FDS=\(names.count)",
            "LISTEN_FDNAMES=\(names.joined(separator: ":"))",
        ]
    }
}
