import Foundation

/// Lines for the person or script that started the program.
///
/// Unbuffered, because scripts wait for "Portal ready at …" on a pipe.
enum Console {
    static func write(_ line: String) {
        FileHandle.standardOutput.write(Data((line + "\n").utf8))
    }
}
