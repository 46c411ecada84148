import Hummingbird

/// The object that the JSON routes answer.
struct VCluster: ResponseCodable {
    var id: String
    var name = "team-payments-staging"
    var tenant = "acme"
    var phase = "Running"
    var cpu = 2.5
    var memory: Int64 = 4_294_967_296
    var createdAt = "2026-11-23T03:00:00Z"
    var labels = ["env": "staging", "team": "payments", "region": "eu-central-1"]
    var endpoints = ["https://10.0.0.12:8443", "https://staging.acme.vc.example.com"]
    var message = "All control plane components are ready."
}
