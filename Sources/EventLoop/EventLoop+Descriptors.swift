import CEpoll

extension EventLoop {
    /// Lends the loop's scratch buffer, for reading from a descriptor without a buffer per connection.
    ///
    /// - Parameter body: Gets ``EventLoopLimits/scratchBytes`` bytes of undefined content, valid until it returns.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws.
    @inlinable
    public func withScratch<Result, Failure: Error>(
        _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        preconditionOnLoop()
        return try body(scratch)
    }

    func register(_ watcher: DescriptorWatcher, events: UInt32) throws(SocketError) -> UInt64 {
        preconditionOnLoop()
        guard !isStopping else { throw .cancelled }
        let token = watchers.insert(watcher)
        do {
            try control(EPOLL_CTL_ADD, watcher.descriptor, events: events, token: token)
        } catch {
            watchers.remove(token)
            throw error
        }
        return token
    }

    func unregister(_ watcher: DescriptorWatcher, token: UInt64) {
        watchers.remove(token)
        // A descriptor that its owner closed already has left the epoll instance by itself: errors mean nothing here.
        try? control(EPOLL_CTL_DEL, watcher.descriptor, events: 0, token: token)
    }

    func watcher(_ token: UInt64) -> DescriptorWatcher? {
        watchers[token]
    }

    func control(_ operation: Int32, _ descriptor: Int32, events: UInt32, token: UInt64) throws(SocketError) {
        var event = epoll_event(events: events, data: epoll_data_t(u64: token))
        guard epoll_ctl(epoll, operation, descriptor, &event) == 0 else { throw .last("epoll_ctl") }
    }
}
