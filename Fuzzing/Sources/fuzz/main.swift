import CLibFuzzer
import Foundation
import HTTPProperties
import JSONProperties

// `fuzz TARGET [options and folders of libFuzzer]` tries inputs; `fuzz TARGET unpack FOLDER` writes the kept corpus there,
// of requests also the conformance table, and `fuzz TARGET pack FOLDER` keeps what is there.

private typealias Target = @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32

/// What libFuzzer calls, by the name of the target; no closure may capture, as C calls them.
private let targets: [String: Target] = [
    "request": { check(RequestProperty.violation, $0, $1) },
    "proxy": { check(ProxyProperty.violation, $0, $1) },
    "semantics": { check(SemanticsProperty.violation, $0, $1) },
    "json": { check(JSONProperty.violation, $0, $1) },
]

/// Holds a property against an input; a violation ends the process, and libFuzzer keeps the input.
private func check(
    _ violation: ([UInt8]) -> String?,
    _ data: UnsafePointer<UInt8>?,
    _ size: Int
) -> Int32 {
    guard let violation = violation(Array(UnsafeBufferPointer(start: data, count: size))) else { return 0 }
    complain("violated: \(violation)")
    abort()
}

private func complain(_ text: String) {
    FileHandle.standardError.write(Data((text + "\n").utf8))
}

private func unpack(_ name: String, into folder: URL) throws {
    let table = name == "request" ? FramingCase.all.map(\.input) : []
    for (number, input) in (table + (try KeptCorpus.inputs(of: name))).enumerated() {
        try Data(input).write(to: folder.appendingPathComponent("kept-\(number)"))
    }
}

private func pack(_ name: String, from folder: URL) throws {
    let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
    try KeptCorpus.write(files.map { Array(try Data(contentsOf: $0)) }, of: name)
}

// libFuzzer starts this program again for some of its work, with its own arguments only; the name goes by this variable.
let variable = "FUZZ_TARGET"
let given = CommandLine.argc > 1 ? CommandLine.arguments[1] : ""
let isNamed = targets[given] != nil
let name = isNamed ? given : ProcessInfo.processInfo.environment[variable] ?? ""
guard let target = targets[name] else {
    complain("usage: fuzz \(targets.keys.sorted().joined(separator: "|")) pack|unpack|[options of libFuzzer] [folder…]")
    exit(2)
}
switch CommandLine.arguments.dropFirst(2).first {
case "unpack" where CommandLine.argc == 4:
    try unpack(name, into: URL(fileURLWithPath: CommandLine.arguments[3]))
case "pack" where CommandLine.argc == 4:
    try pack(name, from: URL(fileURLWithPath: CommandLine.arguments[3]))
default:
    setenv(variable, name, 1)
    // libFuzzer reads the arguments itself; the program's path moves to where the name stood.
    if isNamed { CommandLine.unsafeArgv[1] = CommandLine.unsafeArgv[0] }
    var count = CommandLine.argc - (isNamed ? 1 : 0)
    var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv + (isNamed ? 1 : 0)
    exit(LLVMFuzzerRunDriver(&count, &arguments, target))
}
