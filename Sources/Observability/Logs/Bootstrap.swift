import Glibc
public import Logging

extension LogSink {
    /// Makes this sink the log of the process, with request and trace of the task in every line; once per process.
    ///
    /// A reader of the log that goes away must be an error of `write` and not the end of the process, so `SIGPIPE` is
    /// ignored from here on.
    ///
    /// - Parameters:
    ///   - format: How lines look.
    ///   - level: Events below it are not written.
    ///   - limits: The bounds of a line.
    public func bootstrapLogging(_ format: LogFormat, level: Logger.Level, limits: LogLimits = LogLimits()) {
        signal(SIGPIPE, SIG_IGN)
        LoggingSystem.bootstrap(
            { label, provider in
                LineLogHandler(
                    label: label,
                    level: level,
                    format: format,
                    limits: limits,
                    sink: self,
                    metadataProvider: provider
                )
            },
            metadataProvider: .work
        )
    }
}
