import COpenSSL
import HTTPCore

/// The content of a PEM file, read once, and the objects in it.
struct TLSFile {
    /// Where it was read.
    let path: String
    /// The whole content.
    let bytes: [UInt8]

    /// Reads a file (BIO_new_file(3), BIO_read(3)).
    ///
    /// Links are followed: secrets that a cluster mounts and certificates that an ACME client renews are links.
    ///
    /// - Throws: ``TLSError/unusableFile(path:reason:)``.
    init(path: String) throws(TLSError) {
        ERR_clear_error()
        guard let file = BIO_new_file(path, "r") else { throw .lastFor(path: path) }
        defer { BIO_free(file) }
        var bytes: [UInt8] = []
        while true {
            let (read, piece) = withUnsafeTemporaryAllocation(byteCount: 4096, alignment: 1) { buffer in
                let read = BIO_read(file, buffer.baseAddress, Int32(buffer.count))
                return (read, Array(buffer.prefix(max(0, Int(read)))))
            }
            guard read > 0 else {
                guard read == 0 else { throw .lastFor(path: path) }
                break
            }
            bytes += piece
            guard bytes.count <= HTTPLimits.tlsFileBytesMax else {
                throw .unusableFile(path: path, reason: "more than \(HTTPLimits.tlsFileBytesMax) bytes")
            }
        }
        self.path = path
        self.bytes = bytes
    }

    /// The certificates in the file, in their order.
    ///
    /// - Throws: ``TLSError/unusableFile(path:reason:)``, also when there is none.
    func certificates() throws(TLSError) -> [TLSCertificate] {
        try objects("certificate") { PEM_read_bio_X509($0, nil, nil, nil).map(TLSCertificate.init(adopting:)) }
    }

    /// The revocation lists in the file.
    ///
    /// - Throws: ``TLSError/unusableFile(path:reason:)``, also when there is none.
    func revocationLists() throws(TLSError) -> [TLSRevocationList] {
        try objects("revocation list") {
            PEM_read_bio_X509_CRL($0, nil, nil, nil).map(TLSRevocationList.init(adopting:))
        }
    }

    /// The private key in the file (PEM_read_bio_PrivateKey(3)).
    ///
    /// - Throws: ``TLSError/unusableFile(path:reason:)``; a key with a password cannot be used.
    func privateKey() throws(TLSError) -> TLSPrivateKey {
        let key = try withBIO { source in
            // Without a callback OpenSSL would ask for a password on the terminal.
            PEM_read_bio_PrivateKey(source, nil, { _, _, _, _ in -1 }, nil)
        }
        guard let key else { throw .lastFor(path: path) }
        return TLSPrivateKey(adopting: key)
    }

    private func objects<Object>(_ kind: String, _ next: (OpaquePointer) -> Object?) throws(TLSError) -> [Object] {
        let (objects, isAtEnd) = try withBIO { source in
            var objects: [Object] = []
            while let object = next(source) { objects.append(object) }
            // PEM_read_bio_X509(3): the end is an error as well, the one that no further block begins.
            let code = ERR_peek_last_error()
            let isAtEnd = ERR_GET_LIB(code) == ERR_LIB_PEM && ERR_GET_REASON(code) == PEM_R_NO_START_LINE
            return (objects, isAtEnd)
        }
        guard isAtEnd else { throw .lastFor(path: path) }
        ERR_clear_error()
        guard !objects.isEmpty else { throw .unusableFile(path: path, reason: "it holds no \(kind)") }
        return objects
    }

    /// Lends a BIO that reads the content (BIO_new_mem_buf(3)).
    private func withBIO<Result>(_ body: (OpaquePointer) -> Result) throws(TLSError) -> Result {
        ERR_clear_error()
        let result: Result? = bytes.withUnsafeBytes { bytes in
            guard let source = BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count)) else { return nil }
            defer { BIO_free(source) }
            return body(source)
        }
        guard let result else { throw .lastFor(path: path) }
        return result
    }
}
