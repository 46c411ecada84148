import FoundationEssentials
import JSON

/// A change in the form in which it waits: everything that is needed to make it later, and what it replaces.
///
/// It is taken from what the change would have made, not from what somebody sent: what was approved is what runs.
struct WaitingChange: Sendable {
    /// What is done.
    let verb: ApprovalVerb
    /// What a creation is to have; what a scale or update changes, with the generation that it was meant for; the grace
    /// period of a deletion; the snapshot of a restore; empty for the others.
    let body: JSONValue
    /// The members of `body` as they were.
    let before: JSONValue

    /// A change that is about to be made.
    ///
    /// - Parameters:
    ///   - verb: What is done.
    ///   - vcluster: The vcluster with everything changed.
    ///   - before: The vcluster as it is; nil for one that is made.
    ///   - purgeAt: When what is deleted is to be removed for good; nil for at once.
    ///   - snapshot: The snapshot that is to be restored.
    ///   - now: The time of the change.
    init(
        _ verb: ApprovalVerb,
        of vcluster: VCluster,
        before: VCluster?,
        purgeAt: Date?,
        snapshot: SnapshotReference?,
        now: Date
    ) {
        self.verb = verb
        var (body, old): (JSONObject, JSONObject) = ([:], [:])
        switch verb {
        case .create:
            body = vcluster.settings
            body["name"] = .string(vcluster.name)
            body["tenantId"] = vcluster.tenantID.json
            body["hostId"] = vcluster.hostID.json
            body["hostName"] = .string(vcluster.hostName)
            body["templateId"] = JSONValue(id: vcluster.templateID)
        case .scale, .update:
            let settings = before?.settings ?? [:]
            for (key, value) in vcluster.settings where settings[key] != value {
                body[key] = value
                old[key] = settings[key]
            }
            body["generation"] = (before?.generation ?? 0).json
        case .delete:
            body["gracePeriodSeconds"] = Int64(max(0, purgeAt?.timeIntervalSince(now) ?? 0)).json
        case .restore:
            body["snapshotId"] = JSONValue(id: snapshot?.id)
            body["snapshotName"] = snapshot.map { .string($0.name) }
        case .suspend, .resume, .undelete: break
        }
        self.body = .object(body)
        self.before = .object(old)
    }
}

extension VCluster {
    /// What people can set about a vcluster, by the names of the API.
    fileprivate var settings: JSONObject {
        [
            "spec": spec.json, "labels": JSONValue(strings: labels), "environment": .string(environment.rawValue),
            "qosClass": .string(qosClass.rawValue), "expiresAt": JSONValue(time: expiresAt),
        ]
    }

    /// Takes over the settings of a change that was approved.
    ///
    /// - Throws: `PortalError` `.invalidArgument` for a spec that is not right any more.
    mutating func take(_ change: JSONValue) throws(PortalError) {
        if let spec = change.present("spec") { self.spec = try VClusterSpec(validating: spec) }
        if let labels = change["labels"]?.object { self.labels = labels.strings }
        if let text = change["environment"]?.string, let environment = VClusterEnvironment(rawValue: text) {
            self.environment = environment
        }
        if let text = change["qosClass"]?.string, let qosClass = VClusterQoSClass(rawValue: text) {
            self.qosClass = qosClass
        }
        if let expiry = change["expiresAt"] { expiresAt = expiry.string.flatMap(RFC3339.parse) }
    }
}

extension NewVCluster {
    /// Reads the body of a creation that was approved; nil for a row that was changed by hand.
    init?(approved body: JSONValue) {
        guard let tenantID = body["tenantId"]?.string.flatMap({ TenantID($0) }), let name = body["name"]?.string,
            let spec = body["spec"]
        else { return nil }
        self.init(
            tenantID: tenantID,
            hostID: body["hostId"]?.string.flatMap { HostID($0) },
            name: name,
            spec: spec,
            templateID: body["templateId"]?.string.flatMap { TemplateID($0) },
            labels: body["labels"]?.object?.strings ?? [:],
            environment: body["environment"]?.string.flatMap(VClusterEnvironment.init(rawValue:)),
            qosClass: body["qosClass"]?.string.flatMap(VClusterQoSClass.init(rawValue:)) ?? .burstable,
            expiresAt: body["expiresAt"]?.string.flatMap(RFC3339.parse)
        )
        isSpecWhole = true
    }
}

extension JSONObject {
    /// The members that are texts.
    fileprivate var strings: [String: String] {
        reduce(into: [:]) { strings, member in strings[member.key] = member.value.string }
    }
}
