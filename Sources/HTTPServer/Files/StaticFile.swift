import EventLoop
import Glibc
import HTTPCore
import Synchronization

/// One state of a file's content.
struct FileVersion: Sendable {
    /// Hash of the content as text.
    let hash: String
    /// Modification time.
    let modified: HTTPDate
    /// Value of `Content-Type`.
    let contentType: String
    /// The content in the codings that there are, the smallest first, without a coding last; at least one.
    let representations: [FileRepresentation]
    /// What tells this version from another without reading the file.
    let states: FileStates
    /// Bytes of ``CodedMemory`` that the version holds.
    let codedBytes: Int

    /// Reads a file.
    ///
    /// - Parameters:
    ///   - path: A regular file.
    ///   - states: What stat(2) says about it.
    ///   - memory: For its compressed form.
    ///   - isReload: Whether a loop waits for the result.
    /// - Throws: ``SocketError/failed(call:code:)``; with `EFBIG` for a file larger than ``HTTPLimits/staticFileBytesMax``.
    init(path: String, states: FileStates, memory: CodedMemory, isReload: Bool) throws(SocketError) {
        let file = try FileBody(path: path)
        guard file.count <= HTTPLimits.staticFileBytesMax else { throw .failed(call: "open", code: EFBIG) }
        var status = stat()
        guard fstat(file.descriptor, &status) == 0 else { throw .last("fstat") }
        let plain = try FileRepresentation(file, coding: .identity)
        let coded = CodedFiles.representations(of: path, plain, states, memory: memory, isReload: isReload)
        hash = plain.tag.opaque
        modified = HTTPDate(epochSeconds: Int64(status.st_mtim.tv_sec))
        contentType = ContentTypes.type(of: path)
        representations = coded + [plain]
        self.states = states
        codedBytes = coded.reduce(0) { $0 + $1.reservedBytes }
    }

    /// Whether the answer depends on `Accept-Encoding`.
    var isNegotiated: Bool { representations.count > 1 }

    /// The representation that a client likes best.
    func representation(for request: HTTPRequestHead) -> FileRepresentation {
        guard isNegotiated else { return representations[0] }
        let accepted = AcceptEncoding(request.headers.joined("Accept-Encoding"))
        let coding = accepted.best(of: representations.map(\.coding))
        return representations.first { $0.coding == coding } ?? representations[representations.count - 1]
    }
}

extension StaticFiles {
    /// A known file and its present version.
    final class File: Sendable {
        private let path: String
        private let memory: CodedMemory
        private let state: Mutex<State>

        private struct State {
            var version: FileVersion
            var checked: ContinuousClock.Instant
        }

        /// Reads the file for the first time.
        init(path: String, memory: CodedMemory) throws(StaticFilesError) {
            self.path = path
            self.memory = memory
            do {
                let states = FileStates(path)
                let version = try FileVersion(path: path, states: states, memory: memory, isReload: false)
                state = Mutex(State(version: version, checked: .now))
            } catch {
                throw .unreadable(path)
            }
        }

        /// The present version, looked after at most once a second; `nil` when the file is gone.
        func current() -> FileVersion? {
            state.withLock { state in
                let now = ContinuousClock.now
                guard state.checked.duration(to: now) >= .seconds(1) else { return state.version }
                let states = FileStates(path)
                guard states.exists else { return nil }
                state.checked = now
                if states != state.version.states { reload(&state, states) }
                return state.version
            }
        }

        private func reload(_ state: inout State, _ states: FileStates) {
            // A file that cannot be read now is being replaced: the version before is still right for a moment.
            guard let version = try? FileVersion(path: path, states: states, memory: memory, isReload: true) else {
                return
            }
            memory.release(state.version.codedBytes)
            state.version = version
        }
    }
}
