import HTTPServer
import Observability
import Portal
import PortalWeb
import Postgres

extension PoolStatistics {
    /// The pool for `/metrics`.
    var samples: [PrometheusSample] {
        [
            PrometheusSample("portal_pool_connections_max", .gauge, "The bound of the pool.", Double(openMax)),
            PrometheusSample(
                "portal_pool_connections",
                .gauge,
                "Connections to the database by use.",
                values: [([("state", "leased")], Double(leased)), ([("state", "idle")], Double(idle))]
            ),
            PrometheusSample("portal_pool_waiting", .gauge, "Callers that wait for a connection.", Double(waiting)),
            PrometheusSample("portal_pool_opened_total", .counter, "Connections opened.", Double(openedTotal)),
            PrometheusSample(
                "portal_pool_refused_total",
                .counter,
                "Callers sent away because they waited too long or too many did.",
                Double(refusedTotal)
            ),
        ]
    }
}

extension HTTPServerStatistics {
    /// What the server answered without a handler, for `/metrics`.
    var samples: [PrometheusSample] {
        [
            PrometheusSample(
                "http_requests_refused_total",
                .counter,
                "Input that the HTTP server answered by itself, because it was no request it could hand on.",
                values: refusals.map { ([("reason", $0.reason.rawValue)], Double($0.count)) }
            )
        ]
    }
}

extension LogSink {
    /// The state of the log for `/metrics`.
    var samples: [PrometheusSample] {
        [
            PrometheusSample(
                "portal_log_lines_dropped_total",
                .counter,
                "Lines of the log that nobody took in time.",
                Double(droppedCount)
            )
        ]
    }
}

extension Runtime {
    /// Open operations by state; nothing while the database does not answer.
    func operationSamples() async -> [PrometheusSample] {
        guard let counts = try? await services.operations.countsOfOpen() else { return [] }
        return [
            PrometheusSample(
                "portal_operations",
                .gauge,
                "Open operations by state.",
                values: counts.map { ([("state", $0.state.rawValue)], Double($0.count)) }
            )
        ]
    }
}

extension Runtime {
    /// How many requests wait, for `/metrics`; nothing while the database does not answer.
    func requestSamples() async -> [PrometheusSample] {
        guard let count = try? await services.approvals.countWaiting() else { return [] }
        return [
            PrometheusSample(
                "portal_requests_waiting",
                .gauge,
                "Requests that wait for approval, 10000 at most.",
                values: [([], Double(count))]
            )
        ]
    }
}

extension QuotaDriftStatistics {
    /// What the reconciler of this process has found, for `/metrics`.
    var samples: [PrometheusSample] {
        let numbers = current
        return [
            PrometheusSample(
                "portal_quota_drift_passes_total",
                .counter,
                "Passes of the quota reconciler that this process made.",
                Double(numbers.passesTotal)
            ),
            PrometheusSample(
                "portal_quota_drift_repaired_total",
                .counter,
                "Quota counters that were not the sum of their reservations and were repaired.",
                Double(numbers.repairedTotal)
            ),
            PrometheusSample(
                "portal_quota_drift_vclusters",
                .gauge,
                "VClusters that take more of their host than they have reserved, at the last pass.",
                Double(numbers.exceeding)
            ),
        ]
    }
}

extension Runtime {
    /// How full hosts are; nothing while the database does not answer.
    func hostSamples() async -> [PrometheusSample] {
        guard let rooms = try? await services.hosts.rooms() else { return [] }
        let values = rooms.flatMap { name, room in
            HostRoom.dimensions.compactMap { dimension in
                room.percent(dimension).map { percent in
                    ([("host", name), ("dimension", dimension.name)], Double(percent) / 100)
                }
            }
        }
        return [
            PrometheusSample(
                "portal_host_reserved_ratio",
                .gauge,
                "What is reserved of a host, of what may be; hosts of unknown capacity are left out.",
                values: values
            )
        ]
    }
}
