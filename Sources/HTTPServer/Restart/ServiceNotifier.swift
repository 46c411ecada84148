import EventLoop
import Glibc

/// Tells systemd how the service is doing (sd_notify(3)); does nothing when systemd did not ask.
public struct ServiceNotifier: Sendable {
    private let address: String?

    /// A notifier for a socket.
    ///
    /// - Parameter address: Path, or `@` and an abstract name; `nil` for nobody.
    public init(address: String?) {
        self.address = address
    }

    /// A notifier for whoever started this process (`NOTIFY_SOCKET`).
    public static var ofThisProcess: ServiceNotifier {
        ServiceNotifier(address: getenv("NOTIFY_SOCKET").map { String(cString: $0) })
    }

    /// The service serves; this process is its main one.
    func ready() { send("READY=1\nMAINPID=\(getpid())\nSTATUS=Serving") }

    /// The service begins to stop.
    func stopping() { send("STOPPING=1\nSTATUS=Finishing requests") }

    /// A successor is being started; followed by `ready()` of one of the two.
    func reloading() {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        send(
            "RELOADING=1\nMONOTONIC_USEC=\(time.tv_sec * 1_000_000 + time.tv_nsec / 1000)\nSTATUS=Starting a successor"
        )
    }

    private func send(_ state: String) {
        guard let address, let target = Self.socketAddress(address) else { return }
        let flags = Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue)
        let number = socket(AF_UNIX, flags, 0)
        guard number >= 0 else { return }
        let descriptor = Descriptor(adopting: number)
        // A datagram of a manager that does not listen is lost, and nothing here depends on it.
        withUnsafePointer(to: target.address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                _ = sendto(descriptor.number, state, state.utf8.count, Int32(MSG_NOSIGNAL), $0, target.length)
            }
        }
    }

    /// The address of unix(7); an abstract one begins with a zero byte and has no end of its own.
    private static func socketAddress(_ text: String) -> (address: sockaddr_un, length: socklen_t)? {
        var bytes = Array(text.utf8)
        guard let first = bytes.first, first == UInt8(ascii: "/") || first == UInt8(ascii: "@") else { return nil }
        if first == UInt8(ascii: "@") { bytes[0] = 0 }
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let fits = withUnsafeMutableBytes(of: &address.sun_path) { target in
            guard bytes.count < target.count else { return false }
            target.copyBytes(from: bytes)
            return true
        }
        let offset = MemoryLayout<sockaddr_un>.offset(of: \.sun_path) ?? 2
        return fits ? (address, socklen_t(offset + bytes.count)) : nil
    }
}
