import Tracing

/// The trace that an operation belongs to: that of the request which asked for it, kept with the operation as the text of
/// a `traceparent` field, because its worker is another task and often another server.
enum OperationTrace {
    private static let field = "traceparent"
    /// Characters of the field in version 00, the only one that the tracers write and the table takes.
    private static let length = 55

    /// The trace that this task works for; `nil` when there is none, or no tracer was bootstrapped.
    static var current: String? {
        guard let context = InstrumentationContext.current else { return nil }
        var carrier: [String: String] = [:]
        InstrumentationSystem.instrument.inject(context, into: &carrier, using: Fields())
        guard let traceparent = carrier[field], traceparent.utf8.count == length, traceparent.hasPrefix("00-") else {
            return nil
        }
        return traceparent
    }

    /// Runs an operation as a part of its trace.
    ///
    /// - Parameters:
    ///   - traceparent: From ``current``; without it the body belongs to no trace.
    ///   - name: What the body does.
    ///   - body: The work; tasks that it starts belong to the trace as well.
    static func with(_ traceparent: String?, _ name: String, _ body: () async -> Void) async {
        var context = InstrumentationContext.topLevel
        if let traceparent {
            InstrumentationSystem.instrument.extract([field: traceparent], into: &context, using: Fields())
        }
        await InstrumentationSystem.tracer.withSpan(name, context: context, ofKind: .consumer) { _ in await body() }
    }

    /// Reads and writes the fields of a dictionary.
    private struct Fields: Injector, Extractor {
        func inject(_ value: String, forKey key: String, into carrier: inout [String: String]) {
            carrier[key] = value
        }

        func extract(key: String, from carrier: [String: String]) -> String? {
            carrier[key]
        }
    }
}
