import Foundation

/// Reads small files that hold credentials.
enum CredentialFile {
    /// Reads a whole file.
    ///
    /// Blocks for as long as the disk takes; these files have a few kilobytes and are read seldom.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - bytesMax: Largest size.
    ///   - what: What the error calls it.
    /// - Returns: The content, never empty.
    /// - Throws: `KubernetesError` of kind `configuration` with the path and not the content.
    static func read(_ path: String, bytesMax: Int, what: String) throws(KubernetesError) -> [UInt8] {
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw .configuration("cannot read the file \(path) of \(what)")
        }
        defer { try? handle.close() }
        let data: Data?
        do {
            data = try handle.read(upToCount: bytesMax + 1)
        } catch {
            throw .configuration("cannot read the file \(path) of \(what)")
        }
        guard let data, !data.isEmpty else { throw .configuration("the file \(path) of \(what) is empty") }
        guard data.count <= bytesMax else {
            throw .configuration("the file \(path) of \(what) has more than \(bytesMax) bytes")
        }
        return [UInt8](data)
    }
}
