import Foundation
import Glibc

/// A directory only this process may look into, for the files of one helm command.
///
/// It holds a host's credentials for as long as the command runs, so it is made with mode 0700 and its files with
/// 0600 from the start; changing the mode afterwards would leave a gap.
struct PrivateDirectory: Sendable {
    let path: String

    /// Why a file could not be written; the text has no contents.
    struct Failure: Error, Sendable {
        let call: String
        let code: Int32

        var text: String { "\(call): \(String(cString: strerror(code)))" }
    }

    /// Makes a new directory under the system's directory for temporary files.
    ///
    /// See mkdtemp(3).
    init() throws(Failure) {
        let parent = FileManager.default.temporaryDirectory.path
        var template = Array("\(parent)/portal-helm-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure(call: "mkdtemp", code: errno) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Writes a new file, readable by its owner only, and answers its path.
    ///
    /// See open(2): `O_EXCL` refuses what is there already, links included.
    func write(_ bytes: [UInt8], name: String) throws(Failure) -> String {
        let file = "\(path)/\(name)"
        let descriptor = open(file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw Failure(call: "open", code: errno) }
        defer { close(descriptor) }
        var offset = 0
        while offset < bytes.count {
            let written = bytes[offset...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw Failure(call: "write", code: errno) }
            offset += written
        }
        return file
    }

    /// Deletes the directory and all that is in it; what is gone already is no error.
    func remove() {
        try? FileManager.default.removeItem(atPath: path)
    }
}
