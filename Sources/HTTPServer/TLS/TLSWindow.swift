import COpenSSL

/// The bytes between OpenSSL and the socket during one call: what was received, and room for what is to be sent.
///
/// Both are parts of the loop's scratch buffer, lent for the call; in between the window is empty, so a connection keeps
/// no buffers of its own. OpenSSL sees it as a memory BIO (bio(7)): a read beyond the input and a write beyond the room
/// say "try again", never more.
struct TLSWindow {
    /// Received bytes that OpenSSL has not taken.
    var input = UnsafeRawBufferPointer(start: nil, count: 0)
    /// Room for bytes to send.
    var output = UnsafeMutableRawBufferPointer(start: nil, count: 0)
    /// Bytes of ``output`` that are filled.
    var outputCount = 0

    /// Gives OpenSSL received bytes.
    mutating func read(_ target: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(target.count, input.count)
        guard count > 0 else { return 0 }
        target.copyMemory(from: UnsafeRawBufferPointer(rebasing: input.prefix(count)))
        input = UnsafeRawBufferPointer(rebasing: input.dropFirst(count))
        return count
    }

    /// Takes bytes to send from OpenSSL.
    mutating func write(_ source: UnsafeRawBufferPointer) -> Int {
        let room = UnsafeMutableRawBufferPointer(rebasing: output.dropFirst(outputCount))
        let count = min(source.count, room.count)
        guard count > 0 else { return 0 }
        room.copyMemory(from: UnsafeRawBufferPointer(rebasing: source.prefix(count)))
        outputCount += count
        return count
    }
}

/// The kind of BIO that stands for a ``TLSWindow`` (BIO_meth_new(3)).
enum TLSWindowBIO {
    private static let againFlags = BIO_FLAGS_READ | BIO_FLAGS_WRITE | BIO_FLAGS_IO_SPECIAL | BIO_FLAGS_SHOULD_RETRY

    /// The method table; made once, kept for ever.
    private nonisolated(unsafe) static let method: OpaquePointer? = {
        // Never changed after it has been made here; OpenSSL only reads it.
        guard let method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "window") else { return nil }
        BIO_meth_set_read_ex(method) { bio, target, count, taken in
            guard let bio, let window = TLSWindowBIO.window(bio) else { return 0 }
            BIO_clear_flags(bio, againFlags)
            let read = window.pointee.read(UnsafeMutableRawBufferPointer(start: target, count: count))
            taken?.pointee = read
            if read == 0 { BIO_set_flags(bio, BIO_FLAGS_READ | BIO_FLAGS_SHOULD_RETRY) }
            return read > 0 ? 1 : 0
        }
        BIO_meth_set_write_ex(method) { bio, source, count, taken in
            guard let bio, let window = TLSWindowBIO.window(bio) else { return 0 }
            BIO_clear_flags(bio, againFlags)
            let written = window.pointee.write(UnsafeRawBufferPointer(start: source, count: count))
            taken?.pointee = written
            if written == 0 { BIO_set_flags(bio, BIO_FLAGS_WRITE | BIO_FLAGS_SHOULD_RETRY) }
            return written > 0 ? 1 : 0
        }
        // BIO_ctrl(3): nothing is buffered behind the window, so a flush has nothing to do.
        BIO_meth_set_ctrl(method) { _, command, _, _ in command == BIO_CTRL_FLUSH ? 1 : 0 }
        return method
    }()

    /// A BIO over a window.
    ///
    /// - Parameter window: Outlives the BIO.
    /// - Returns: `nil` when there is no memory.
    static func make(_ window: UnsafeMutablePointer<TLSWindow>) -> OpaquePointer? {
        guard let method, let bio = BIO_new(method) else { return nil }
        BIO_set_data(bio, window)
        BIO_set_init(bio, 1)
        return bio
    }

    private static func window(_ bio: OpaquePointer) -> UnsafeMutablePointer<TLSWindow>? {
        BIO_get_data(bio)?.assumingMemoryBound(to: TLSWindow.self)
    }
}
