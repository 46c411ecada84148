import Foundation
import JSON
import Testing

@testable import PortalHosts

/// The runner against programs that the tests write themselves.
struct HelmRunnerTests {
    private let directory: String

    init() throws {
        directory = FileManager.default.temporaryDirectory.path + "/helm-runner-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
    }

    /// Writes a program and answers a runner of it.
    private func runner(
        _ script: String,
        limits: HostLimits = HostLimits(),
        environment: [String: String] = [:]
    ) throws -> HelmRunner {
        let path = "\(directory)/helm"
        try "#!/bin/sh\n\(script)\n".write(toFile: path, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        return HelmRunner(
            executable: path,
            limits: limits,
            environment: ["PATH": "/usr/bin:/bin", "TMPDIR": directory].merging(environment) { $1 }
        )
    }

    private func command(
        _ arguments: [String] = ["upgrade"],
        values: JSONValue? = nil,
        timeout: Duration = .seconds(30)
    ) -> HelmCommand {
        HelmCommand(arguments: arguments, values: values, needsCluster: true, timeout: timeout)
    }

    @Test func run_passesArgumentsAndAnswersTheOutput() async throws {
        let runner = try runner(#"echo "$1|$2"; echo noise >&2"#)

        let output = try await runner.run(command(["list", "with space"]))

        #expect(output.text == "list|with space\n")
        #expect(!output.isTruncated)
    }

    @Test func run_writesFilesThatOnlyItsUserCanReadAndDeletesThem() async throws {
        let runner = try runner(
            """
            while [ $# -gt 0 ]; do
              case "$1" in --kubeconfig|--values) stat -c '%a' "$2"; cat "$2"; echo; echo "path $2";; esac
              shift
            done
            """
        )

        let output = try await runner.run(command(values: ["replicas": 1]), kubeconfig: "apiVersion: v1")

        let lines = output.text.split(separator: "\n").map(String.init)
        #expect(lines.filter { $0 == "600" }.count == 2)
        #expect(lines.contains("apiVersion: v1"))
        #expect(lines.contains(#"{"replicas":1}"#))
        let paths = lines.filter { $0.hasPrefix("path ") }.map { $0.dropFirst(5) }
        #expect(paths.count == 2)
        #expect(paths.allSatisfy { !FileManager.default.fileExists(atPath: String($0)) })
    }

    @Test func run_passesOnlyHarmlessVariables() async throws {
        let runner = try runner("env", environment: ["PORTAL_DATABASE_URL": "secret", "KUBECONFIG": "x", "HOME": "/h"])

        let output = try await runner.run(command())

        #expect(!output.text.contains("secret"))
        #expect(!output.text.contains("KUBECONFIG="))
        #expect(output.text.contains("HOME=/h"))
    }

    @Test func run_streamsLinesOfBothOutputs() async throws {
        let runner = try runner("echo one; echo two >&2; printf three")
        let log = RecordingLog()

        _ = try await runner.run(command()) { line in await log.append(line) }

        #expect(await Set(log.lines) == ["one", "two", "three"])
    }

    @Test func run_throwsTheExitCodeAndTheEndOfStandardError() async throws {
        let runner = try runner("echo 'Error: no' >&2; exit 3")

        await #expect(throws: HelmError(kind: .failed(exitCode: 3), command: "upgrade", detail: "Error: no\n")) {
            _ = try await runner.run(command())
        }
    }

    @Test(arguments: ["/nowhere/helm", "no-such-program-anywhere"])
    func run_throwsForAMissingProgram(executable: String) async throws {
        let runner = HelmRunner(executable: executable, environment: ["PATH": "/usr/bin"])

        await #expect {
            _ = try await runner.run(command())
        } throws: { error in
            (error as? HelmError)?.kind == .executableNotFound(executable)
        }
    }

    @Test func run_boundsWhatItKeepsAndStillReadsAll() async throws {
        var limits = HostLimits()
        limits.helmOutputBytesMax = 1_000
        limits.logLinesMax = 5
        let runner = try runner("i=0; while [ $i -lt 3000 ]; do echo line$i; i=$((i+1)); done", limits: limits)
        let log = RecordingLog()

        let output = try await runner.run(command()) { line in await log.append(line) }

        #expect(output.text.utf8.count == 1_000)
        #expect(output.isTruncated)
        #expect(await log.lines.count == 6)
    }

    @Test func run_keepsTheEndOfALongError() async throws {
        var limits = HostLimits()
        limits.helmErrorBytesMax = 100
        let runner = try runner(
            "i=0; while [ $i -lt 2000 ]; do echo noise$i >&2; i=$((i+1)); done; echo END >&2; exit 1",
            limits: limits
        )

        await #expect {
            _ = try await runner.run(command())
        } throws: { error in
            let detail = (error as? HelmError)?.detail ?? ""
            return detail.hasSuffix("END\n") && detail.utf8.count <= 100
        }
    }

    @Test func run_killsTheWholeGroupAtItsTimeout() async throws {
        var limits = HostLimits()
        limits.helmGracePeriod = .milliseconds(200)
        let runner = try runner("trap '' TERM; sleep 300 & echo $! > \(directory)/child; wait; wait", limits: limits)

        await #expect {
            _ = try await runner.run(command(timeout: .milliseconds(500)))
        } throws: { error in
            (error as? HelmError)?.kind == .timedOut(after: .milliseconds(500))
        }

        let child = try String(contentsOfFile: "\(directory)/child", encoding: .utf8)
        #expect(try await isGone(Int32(child.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0))
    }

    @Test func run_stopsTheChildWhenItsTaskIsCancelled() async throws {
        var limits = HostLimits()
        limits.helmGracePeriod = .milliseconds(200)
        let runner = try runner(
            "echo $$ > \(directory)/child.tmp; mv \(directory)/child.tmp \(directory)/child; echo up; exec sleep 300",
            limits: limits
        )
        let (lines, continuation) = AsyncStream.makeStream(of: String.self)

        let task = Task { try await runner.run(command()) { continuation.yield($0) } }
        for await line in lines where line == "up" { break }
        task.cancel()

        await #expect(throws: CancellationError.self) { try await task.value }
        let child = try String(contentsOfFile: "\(directory)/child", encoding: .utf8)
        #expect(try await isGone(Int32(child.trimmingCharacters(in: .whitespacesAndNewlines)) ?? 0))
    }

    /// Whether a process ends soon; a killed one stays a zombie for a moment when its parent is busy.
    private func isGone(_ process: Int32) async throws -> Bool {
        try await Poll(timeout: .seconds(10), interval: .milliseconds(20)).first {
            let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
            guard let status else { return true }
            return status.contains(") Z ") ? true : nil
        } ?? false
    }
}
