import JSON
import PortalTesting
import Testing

@testable import Portal

extension Engine {
    /// Makes a rule that denies, unless `more` says otherwise.
    @discardableResult
    func rule(
        named name: String = "Frozen",
        _ permissions: [Permission],
        at tenant: Tenant,
        _ more: JSONObject = [:],
        as caller: Caller
    ) async throws -> AccessRule {
        var object = more
        object["name"] = .string(name)
        object["effect"] = object["effect"] ?? "deny"
        object["permissions"] = .array(permissions.map { .string($0.rawValue) })
        return try await services.accessRules.create(.object(object), at: tenant.id, as: caller)
    }
}

/// Expects the rule “Frozen” to refuse something.
func isRefused(_ name: String, _ action: () async throws -> Void) async {
    do {
        try await action()
        Issue.record("\(name) was not refused")
    } catch let error as PortalError {
        #expect(error.code == .forbidden, "\(name): \(error)")
        #expect(error.extensions["rule"]?["name"] == "Frozen", "\(name): \(error)")
    } catch {
        Issue.record("\(name): \(error)")
    }
}
