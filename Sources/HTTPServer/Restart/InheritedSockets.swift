import EventLoop
import Glibc

/// The listening sockets that a process was started with: by systemd (sd_listen_fds(3)), or by its predecessor, which
/// uses the same variables.
public struct InheritedSockets: Sendable, Hashable {
    /// A listening socket and the name that its giver gave it.
    public struct Socket: Sendable, Hashable {
        /// `FileDescriptorName=` of systemd; ``predecessorName(_:)`` of a predecessor.
        public var name: String
        /// The descriptor; whoever listens with it owns it.
        public var descriptor: Int32
    }

    /// The sockets, in the order of their descriptors.
    public private(set) var sockets: [Socket] = []
    /// Whether an earlier process of the same program gave them and waits for this one to be ready.
    public private(set) var isFromPredecessor = false
    /// Where the predecessor waits for a byte.
    let readiness: Int32?

    /// The first descriptor that is handed over (`SD_LISTEN_FDS_START`).
    static let firstDescriptor: Int32 = 3
    /// More are taken for a mistake.
    static let socketsMax = 64
    static let readinessName = "ready"

    /// Name of a socket that a predecessor hands over.
    ///
    /// - Parameter index: Position of its listener in the configuration.
    /// - Returns: A name without a colon.
    public static func predecessorName(_ index: Int) -> String { "listener-\(index)" }

    /// Reads the environment of a process.
    ///
    /// - Parameters:
    ///   - environment: `LISTEN_FDS`, `LISTEN_FDNAMES`, and `LISTEN_PID` or `LISTEN_PARENT_PID`; variables that were
    ///     meant for another process, or are malformed, count as none.
    ///   - processID: The process's own id.
    ///   - parentID: Its parent's id.
    public init(environment: (String) -> String?, processID: Int32, parentID: Int32) {
        func number(_ name: String) -> Int32? { environment(name).flatMap { Int32($0) } }
        // A predecessor cannot know the id of the process that it starts before its environment is fixed.
        let isSuccessor = number("LISTEN_PARENT_PID") == parentID
        guard isSuccessor || number("LISTEN_PID") == processID,
            let count = number("LISTEN_FDS"), (1...Int32(Self.socketsMax)).contains(count)
        else {
            readiness = nil
            return
        }
        let names = environment("LISTEN_FDNAMES")?.split(separator: ":", omittingEmptySubsequences: false) ?? []
        var readiness: Int32?
        for index in 0..<count {
            let name = Int(index) < names.count ? String(names[Int(index)]) : "unknown"
            let descriptor = Self.firstDescriptor + index
            if isSuccessor && name == Self.readinessName {
                readiness = descriptor
            } else {
                sockets.append(Socket(name: name, descriptor: descriptor))
            }
        }
        isFromPredecessor = isSuccessor
        self.readiness = readiness
    }

    /// What the calling process was started with.
    public static var ofThisProcess: InheritedSockets {
        InheritedSockets(
            environment: { name in getenv(name).map { String(cString: $0) } },
            processID: getpid(),
            parentID: getppid()
        )
    }

    /// The descriptor of a name; `nil` when there is none.
    public subscript(name: String) -> Int32? {
        sockets.first { $0.name == name }?.descriptor
    }

    /// Tells the predecessor that this process serves, so that it stops; does nothing without one.
    func announceReadiness() {
        guard let readiness else { return }
        var byte: UInt8 = 1
        // Fails only when the predecessor is gone, and then nobody waits.
        _ = write(readiness, &byte, 1)
        _ = Glibc.close(readiness)
    }
}

extension HTTPServerConfiguration {
    /// Takes the sockets of the predecessor in place of binding them again, listener by listener.
    ///
    /// - Parameter inherited: Does nothing unless they are a predecessor's.
    public mutating func takeOver(_ inherited: InheritedSockets) {
        guard inherited.isFromPredecessor else { return }
        for index in listeners.indices {
            guard let descriptor = inherited[InheritedSockets.predecessorName(index)] else { continue }
            listeners[index].endpoint = .inherited(descriptor: descriptor)
        }
    }
}
