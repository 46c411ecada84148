public import Foundation
import JSON
import Subprocess
import SystemPackage

/// Runs helm as a child process: bounded in time and output, killed with all its children, with a scrubbed
/// environment, and with credentials and values in files that vanish with the command.
public struct HelmRunner: Sendable {
    /// Takes one line of helm's output for the operation's log.
    public typealias LineSink = @Sendable (String) async -> Void

    /// What a successful command printed.
    public struct Output: Sendable, Equatable {
        /// Standard output, at most `HostLimits.helmOutputBytesMax` bytes.
        public var text: String
        /// Whether there was more standard output than that.
        public var isTruncated: Bool
    }

    /// Name of a program on PATH, or a path.
    public let executable: String
    private let limits: HostLimits
    private let environment: [String: String]
    private let slots: HelmSlots

    /// Variables that helm needs.
    ///
    /// Everything else stays here: the portal's environment holds the database URL and keys, and `KUBECONFIG` or
    /// `HELM_*` would change what helm does.
    static let passedVariables: Set<String> = [
        "HOME", "LANG", "LC_ALL", "PATH", "SSL_CERT_DIR", "SSL_CERT_FILE", "TMPDIR", "USER", "XDG_CACHE_HOME",
        "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
    ]

    /// Creates a runner.
    ///
    /// - Parameters:
    ///   - executable: Name of a program on PATH, or a path.
    ///   - limits: Bounds of time and output.
    ///   - environment: Variables to choose the passed ones from.
    public init(
        executable: String = "helm",
        limits: HostLimits = HostLimits(),
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) {
        self.init(
            executable: executable,
            limits: limits,
            slots: HelmSlots(count: limits.helmProcessesMax),
            environment: environment
        )
    }

    /// Creates a runner that shares its turns with others.
    init(
        executable: String,
        limits: HostLimits,
        slots: HelmSlots,
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) {
        self.executable = executable
        self.limits = limits
        self.slots = slots
        self.environment = environment.filter { Self.passedVariables.contains($0.key) }
    }

    /// Runs a command to its end, once it is its turn; the time limit does not count the wait.
    ///
    /// - Parameters:
    ///   - command: What to run.
    ///   - kubeconfig: YAML of the kubeconfig, for commands that need a cluster.
    ///   - onLine: Takes each line of both outputs as it comes, bounded by `HostLimits`.
    /// - Returns: What it printed.
    /// - Throws: `HelmError`; `CancellationError` when the task is cancelled, after the child is gone.
    public func run(
        _ command: HelmCommand,
        kubeconfig: String? = nil,
        onLine: LineSink? = nil
    ) async throws -> Output {
        try await slots.withSlot { try await runNow(command, kubeconfig: kubeconfig, onLine: onLine) }
    }

    private func runNow(_ command: HelmCommand, kubeconfig: String?, onLine: LineSink?) async throws -> Output {
        let verb = command.arguments.first ?? ""
        let directory: PrivateDirectory
        var arguments = command.arguments
        do {
            directory = try PrivateDirectory()
            if command.needsCluster, let kubeconfig {
                arguments += ["--kubeconfig", try directory.write(Array(kubeconfig.utf8), name: "kubeconfig")]
            }
            if let values = command.values {
                // JSON is YAML (YAML 1.2 section 1.3), and the writer keeps every number and text exact.
                arguments += ["--values", try directory.write(values.encoded(), name: "values.yaml")]
            }
        } catch {
            throw HelmError(kind: .notStarted, command: verb, detail: error.text)
        }
        defer { directory.remove() }
        return try await run(arguments: arguments, verb: verb, timeout: command.timeout, onLine: onLine)
    }

    /// Races the child against the clock; whoever loses is cancelled, and cancelling tears the child down.
    private func run(
        arguments: [String],
        verb: String,
        timeout: Duration,
        onLine: LineSink?
    ) async throws -> Output {
        try await withThrowingTaskGroup(of: Output?.self) { group in
            group.addTask { try await spawn(arguments: arguments, verb: verb, onLine: onLine) }
            group.addTask {
                try await Task.sleep(for: timeout)
                return nil
            }
            defer { group.cancelAll() }
            let first = try await group.next() ?? nil
            if let first { return first }
            group.cancelAll()
            // The child's task ends only when the child is gone; its error says no more than the timeout does.
            while let result = await group.nextResult() {
                if case .success(let output?) = result { return output }
            }
            throw HelmError(kind: .timedOut(after: timeout), command: verb, detail: "")
        }
    }

    private func spawn(arguments: [String], verb: String, onLine: LineSink?) async throws -> Output {
        var options = PlatformOptions()
        // A session of its own makes the child the leader of a process group, so that a signal reaches plugins too.
        options.createSession = true
        options.teardownSequence = [
            .send(signal: .terminate, toProcessGroup: true, allowedDurationToNextStep: limits.helmGracePeriod)
        ]
        let log = LogBudget(sink: onLine, linesMax: limits.logLinesMax)
        let variables = Dictionary(
            uniqueKeysWithValues: environment.compactMap { name, value in
                Environment.Key(rawValue: name).map { ($0, value) }
            }
        )
        do {
            let result = try await Subprocess.run(
                executable.contains("/") ? .path(FilePath(executable)) : .name(executable),
                arguments: Arguments(arguments),
                environment: .custom(variables),
                platformOptions: options,
                input: .none,
                output: .sequence,
                error: .sequence
            ) { execution in
                async let errors = collect(
                    execution.standardError,
                    into: BoundedOutput(bytesMax: limits.helmErrorBytesMax, keep: .end),
                    log: log
                )
                let output = try await collect(
                    execution.standardOutput,
                    into: BoundedOutput(bytesMax: limits.helmOutputBytesMax, keep: .beginning),
                    log: log
                )
                return (output: output, errors: try await errors)
            }
            try Task.checkCancellation()
            let captured = result.closureResult
            try Self.check(result.terminationStatus, verb: verb, errors: captured.errors.text)
            return Output(text: captured.output.text, isTruncated: captured.output.isTruncated)
        } catch let error as SubprocessError {
            try Task.checkCancellation()
            let isMissing = error.code == .executableNotFound
            throw HelmError(
                kind: isMissing ? .executableNotFound(executable) : .notStarted,
                command: verb,
                detail: error.description
            )
        }
    }

    private func collect(
        _ stream: SubprocessOutputSequence,
        into output: BoundedOutput,
        log: LogBudget
    ) async throws -> BoundedOutput {
        var output = output
        var splitter = LineSplitter(charactersMax: limits.logLineCharactersMax)
        for try await buffer in stream {
            let bytes = buffer.withUnsafeBytes { [UInt8]($0) }
            output.append(bytes)
            for line in splitter.lines(adding: bytes) { await log.append(line) }
        }
        if let line = splitter.finish() { await log.append(line) }
        return output
    }

    private static func check(_ status: TerminationStatus, verb: String, errors: String) throws(HelmError) {
        switch status {
        case .exited(0): return
        case .exited(let code): throw HelmError(kind: .failed(exitCode: code), command: verb, detail: errors)
        case .signaled(let signal): throw HelmError(kind: .signalled(signal), command: verb, detail: errors)
        }
    }
}

/// Passes lines on until the command has used up its share of the log.
private actor LogBudget {
    private let sink: HelmRunner.LineSink?
    private var linesLeft: Int

    init(sink: HelmRunner.LineSink?, linesMax: Int) {
        self.sink = sink
        linesLeft = linesMax
    }

    func append(_ line: String) async {
        guard let sink, linesLeft > 0 else { return }
        linesLeft -= 1
        await sink(line)
        if linesLeft == 0 { await sink("… more output of helm is not shown") }
    }
}
