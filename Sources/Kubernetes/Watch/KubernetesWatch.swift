extension KubernetesClient {
    /// Watches objects until the caller stops iterating or its task is cancelled.
    ///
    /// Connections that end or break are resumed at the last version seen, so no event is lost and none comes twice.
    /// When the server has forgotten that version (410) the objects are listed anew and come as `.reset`. Events are
    /// read when they are asked for: a slow caller slows the server down and needs no buffer.
    ///
    /// - Parameters:
    ///   - kind: What to watch.
    ///   - namespace: Nil watches all namespaces.
    ///   - labelSelector: Such as `app=vcluster`.
    ///   - fieldSelector: Such as `metadata.name=acme`.
    ///   - resourceVersion: Where to start; nil lists first, so that the first event is a `.reset`.
    /// - Returns: A sequence that throws `KubernetesError` when the server refuses the watch, or cannot be reached
    ///   `KubernetesLimits.watchFailuresMax` times in a row; it never ends by itself.
    public func watch(
        _ kind: ResourceKind,
        namespace: String? = nil,
        labelSelector: String? = nil,
        fieldSelector: String? = nil,
        from resourceVersion: String? = nil
    ) -> KubernetesWatch {
        let collection = ResourceCollection(
            kind: kind,
            namespace: namespace,
            labelSelector: labelSelector,
            fieldSelector: fieldSelector
        )
        return KubernetesWatch(client: self, collection: collection, resourceVersion: resourceVersion)
    }
}

/// The events of a watch; made by `KubernetesClient.watch`.
///
/// Each iterator is a watch of its own.
public struct KubernetesWatch: AsyncSequence, Sendable {
    fileprivate let client: KubernetesClient
    fileprivate let collection: ResourceCollection
    fileprivate let resourceVersion: String?

    /// Starts watching with the first call of `next`.
    public func makeAsyncIterator() -> Iterator {
        Iterator(watch: self)
    }

    /// Keeps the connection of one watch and the version to resume it from.
    public struct Iterator: AsyncIteratorProtocol {
        private let watch: KubernetesWatch
        private var resourceVersion: String?
        private var connection: WatchConnection?
        private var failures = 0
        private var isFinished = false

        fileprivate init(watch: KubernetesWatch) {
            self.watch = watch
            self.resourceVersion = watch.resourceVersion
        }

        /// Waits for the next event.
        ///
        /// - Returns: Nil only after an earlier call threw.
        /// - Throws: `KubernetesError`, `CancellationError`.
        public mutating func next() async throws -> WatchEvent? {
            while !isFinished {
                do {
                    if let event = try await advance() { return event }
                } catch let error as KubernetesError {
                    try await recover(from: error)
                } catch {
                    isFinished = true
                    throw error
                }
            }
            return nil
        }

        /// Takes one step; nil means take another one.
        private mutating func advance() async throws -> WatchEvent? {
            try Task.checkCancellation()
            guard let version = resourceVersion else {
                let list = try await watch.client.snapshot(of: watch.collection, timeout: nil)
                resourceVersion = list.resourceVersion
                return .reset(list)
            }
            if connection == nil {
                connection = try await WatchConnection(watch.client, watch.collection, from: version)
            }
            switch try await connection?.next() {
            case .event(let event, let version):
                failures = 0
                if !version.isEmpty { resourceVersion = version }
                return event
            case .failure(let error):
                throw error
            case nil:
                // The server ends every watch in its time; one that ends at once, over and over, is a failure.
                guard connection?.isEstablished ?? false else { throw Self.endedAtOnce }
                connection = nil
                return nil
            }
        }

        /// Decides whether the watch goes on after an error, and waits before it does.
        private mutating func recover(from error: KubernetesError) async throws {
            failures = connection?.isEstablished ?? false ? 1 : failures + 1
            connection = nil
            guard error.kind == .gone || error.isTransient, failures <= watch.client.limits.watchFailuresMax else {
                isFinished = true
                throw error
            }
            if error.kind == .gone { resourceVersion = nil }
            let delay = watch.client.limits.watchDelay(after: error, failures: failures)
            do {
                try await Task.sleep(for: delay)
            } catch {
                isFinished = true
                throw error
            }
        }

        private static let endedAtOnce = KubernetesError(
            kind: .unavailable,
            message: "the Kubernetes API ends the watch at once"
        )
    }
}

extension KubernetesLimits {
    /// The wait before a watch is resumed: doubled with each failure, and at least what the server asks for.
    fileprivate func watchDelay(after error: KubernetesError, failures: Int) -> Duration {
        let doubled = min(retryDelayMin * (1 << min(failures - 1, 20)), retryDelayMax)
        let asked = error.retryAfter.map { min($0, retryAfterMax) } ?? .zero
        return max(doubled * Double.random(in: 0.5...1), asked)
    }
}
