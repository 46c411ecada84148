import Foundation
import Glibc

/// Memory, processor time and descriptors of this process, from `/proc` (proc(5)).
struct ProcessUsage {
    let residentBytes: Double
    let processorSeconds: Double
    let openDescriptors: Double
    let startedAtSeconds: Double

    /// Nil where there is no `/proc`.
    init?() {
        guard let statm = Self.fields("/proc/self/statm"), statm.count > 1, let pages = Double(statm[1]),
            let stat = Self.fields("/proc/self/stat", afterParenthesis: true), stat.count > 19,
            let user = Double(stat[11]), let system = Double(stat[12]), let start = Double(stat[19])
        else { return nil }
        let ticks = Double(sysconf(Int32(_SC_CLK_TCK)))
        residentBytes = pages * Double(sysconf(Int32(_SC_PAGESIZE)))
        processorSeconds = (user + system) / ticks
        startedAtSeconds = (Self.bootTimeSeconds() ?? 0) + start / ticks
        let descriptors = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
        openDescriptors = Double(descriptors?.count ?? 0)
    }

    /// The samples under the names that Prometheus' client libraries use.
    var samples: [PrometheusSample] {
        [
            .init("process_resident_memory_bytes", .gauge, "Resident memory size in bytes.", residentBytes),
            .init("process_cpu_seconds_total", .counter, "User and system CPU time in seconds.", processorSeconds),
            .init("process_open_fds", .gauge, "Open file descriptors.", openDescriptors),
            .init("process_start_time_seconds", .gauge, "Start time since the Unix epoch.", startedAtSeconds),
        ]
    }

    /// The fields of a file; of `stat` those after the command, whose name may hold spaces.
    private static func fields(_ path: String, afterParenthesis: Bool = false) -> [Substring]? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        guard afterParenthesis else { return text.split(separator: " ") }
        guard let close = text.lastIndex(of: ")") else { return nil }
        return text[text.index(after: close)...].split(separator: " ")
    }

    private static func bootTimeSeconds() -> Double? {
        guard let text = try? String(contentsOfFile: "/proc/stat", encoding: .utf8) else { return nil }
        return text.split(separator: "\n").first { $0.hasPrefix("btime ") }.flatMap { Double($0.dropFirst(6)) }
    }
}
