extension EventLoop {
    /// Lets the other work of the loop go first: what is queued, and what the kernel has to report.
    ///
    /// Not `Task.yield()`, which goes by way of the global executor: whoever keeps the few threads of that busy would
    /// keep the loop's connections waiting too.
    public nonisolated(nonsending) func yield() async {
        // Not on the loop although it was preferred: it has ended, and there is nobody to wait for.
        guard isCurrent else { return }
        await withUnsafeContinuation { (continuation: UnsafeContinuation<Void, Never>) in
            executeSoon { continuation.resume() }
        }
    }
}
