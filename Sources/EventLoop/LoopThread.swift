import CEpoll
import Glibc

/// The thread of a loop, and the thread-local variable that tells which loop a thread belongs to.
enum LoopThread {
    private static let key: pthread_key_t = {
        var key = pthread_key_t()
        let status = pthread_key_create(&key, nil)
        precondition(status == 0, "pthread_key_create failed: \(status)")
        return key
    }()

    /// The loop of the calling thread.
    static var current: EventLoop? {
        guard let pointer = pthread_getspecific(key) else { return nil }
        return Unmanaged<EventLoop>.fromOpaque(pointer).takeUnretainedValue()
    }

    /// Whether the calling thread is the loop's; cheaper than comparing with ``current``.
    static func isCurrent(_ loop: EventLoop) -> Bool {
        pthread_getspecific(key) == Unmanaged.passUnretained(loop).toOpaque()
    }

    /// Starts the thread, detached; it keeps the loop alive until ``EventLoop/run()`` returns.
    static func start(_ loop: EventLoop) throws(SocketError) {
        var thread = pthread_t()
        let context = Unmanaged.passRetained(loop).toOpaque()
        let status = pthread_create(&thread, nil, { LoopThread.main($0) }, context)
        guard status == 0 else {
            Unmanaged<EventLoop>.fromOpaque(context).release()
            throw .failed(call: "pthread_create", code: status)
        }
        pthread_detach(thread)
    }

    private static func main(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let context else { return nil }
        let loop = Unmanaged<EventLoop>.fromOpaque(context).takeRetainedValue()
        pthread_setspecific(key, context)
        pthread_setname_np(pthread_self(), "event-loop-\(loop.index)")
        blockBrokenPipeSignal()
        loop.run()
        pthread_setspecific(key, nil)
        return nil
    }

    /// `sendfile` has no `MSG_NOSIGNAL`: with the signal blocked on this thread a vanished reader is only `EPIPE`.
    private static func blockBrokenPipeSignal() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(SIG_BLOCK, &signals, nil)
    }
}
