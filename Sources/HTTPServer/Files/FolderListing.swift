import Glibc
import HTTPCore

/// The names of the files below a folder.
enum FolderListing {
    /// Lists regular files; names that begin with a dot and links are left out.
    ///
    /// - Parameter root: A folder.
    /// - Returns: Names relative to the root, in no particular order.
    /// - Throws: ``StaticFilesError/notAFolder(_:)`` for the root; folders below it that cannot be read are left out.
    static func names(below root: String) throws(StaticFilesError) -> [String] {
        guard let names = list(root, "", depth: 0) else { throw .notAFolder(root) }
        return names
    }

    private static func list(_ root: String, _ prefix: String, depth: Int) -> [String]? {
        guard depth < HTTPLimits.staticFolderDepthMax, let folder = opendir(root + "/" + prefix) else { return nil }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(validating: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard let name, !name.hasPrefix(".") else { continue }
            var status = stat()
            guard lstat(root + "/" + prefix + name, &status) == 0 else { continue }
            switch status.st_mode & S_IFMT {
            case S_IFREG: names.append(prefix + name)
            case S_IFDIR: names += list(root, prefix + name + "/", depth: depth + 1) ?? []
            default: break
            }
            if names.count > HTTPLimits.staticFilesMax { break }
        }
        return names
    }
}
