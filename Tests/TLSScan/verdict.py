"""Reads what sslyze found and fails on every weakness: verdict.py RESULT.json

One line for each finding. A scan that did not run counts as a weakness: nobody knows then.
"""

import json
import sys

# RFC 9325 section 4.2 and RFC 8446 appendix B.4: nothing without forward secrecy and authenticated encryption.
SUITES_12 = {
    f"TLS_ECDHE_{key}_WITH_{cipher}"
    for key in ("ECDSA", "RSA")
    for cipher in ("AES_128_GCM_SHA256", "AES_256_GCM_SHA384", "CHACHA20_POLY1305_SHA256")
}
SUITES_13 = {"TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256"}
CURVES = {"X25519", "secp256r1", "secp384r1"}

weaknesses = 0


def report(what, is_good, detail):
    global weaknesses
    weaknesses += 0 if is_good else 1
    print(f"{'ok      ' if is_good else 'WEAKNESS'}  {what}: {detail}")


def scan(results, name):
    if results[name]["status"] != "COMPLETED":
        report(name, False, f"did not run ({results[name]['status']} {results[name]['error_reason']})")
        return None
    return results[name]["result"]


def check_suites(results):
    for version in ("ssl_2_0", "ssl_3_0", "tls_1_0", "tls_1_1"):
        if found := scan(results, f"{version}_cipher_suites"):
            accepted = [suite["cipher_suite"]["name"] for suite in found["accepted_cipher_suites"]]
            report(version, not found["is_tls_version_supported"], ", ".join(accepted) or "refused")
    for version, allowed in (("tls_1_2", SUITES_12), ("tls_1_3", SUITES_13)):
        if found := scan(results, f"{version}_cipher_suites"):
            accepted = {suite["cipher_suite"]["name"] for suite in found["accepted_cipher_suites"]}
            missing = "".join(f", {suite} missing" for suite in sorted(allowed - accepted))
            weak = "".join(f", {suite} is weak" for suite in sorted(accepted - allowed))
            report(version, accepted == allowed, f"{len(accepted)} suites{missing}{weak}")


def check_flaws(results):
    flags = [
        ("tls_compression", "supports_compression", False),
        ("tls_1_3_early_data", "supports_early_data", False),
        ("openssl_ccs_injection", "is_vulnerable_to_ccs_injection", False),
        ("heartbleed", "is_vulnerable_to_heartbleed", False),
        ("tls_fallback_scsv", "supports_fallback_scsv", True),
        ("tls_extended_master_secret", "supports_ems_extension", True),
        ("session_renegotiation", "supports_secure_renegotiation", True),
        ("session_renegotiation", "is_vulnerable_to_client_renegotiation_dos", False),
    ]
    for name, key, wanted in flags:
        if found := scan(results, name):
            report(name, found[key] == wanted, f"{key} is {str(found[key]).lower()}")
    if found := scan(results, "robot"):
        report("robot", found["robot_result"].startswith("NOT_VULNERABLE"), found["robot_result"].lower())


def check_keys(results):
    if found := scan(results, "elliptic_curves"):
        curves = {curve["name"] for curve in found["supported_curves"]}
        report("elliptic_curves", curves == CURVES, ", ".join(sorted(curves)))
    if found := scan(results, "session_resumption"):
        tickets = found["tls_ticket_resumption_result"]
        report("session_resumption", tickets == "FULLY_SUPPORTED", f"tickets {tickets}")
    if found := scan(results, "certificate_info"):
        for deployment in found["certificate_deployments"]:
            leaf = deployment["received_certificate_chain"][0]
            ours = [r for r in deployment["path_validation_results"] if r["trust_store"]["name"].startswith("Supplied")]
            is_valid = bool(ours) and all(r["was_validation_successful"] for r in ours)
            is_valid = is_valid and deployment["received_chain_has_valid_order"]
            report("certificate_info", is_valid, f"{leaf['public_key']['algorithm']} chain leads to our authority")
    if found := scan(results, "http_headers"):
        hsts = found["strict_transport_security_header"]
        is_long = bool(hsts) and (hsts["max_age"] or 0) >= 15_552_000
        report("http_headers", is_long, f"Strict-Transport-Security {hsts['max_age'] if hsts else 'is missing'}")


with open(sys.argv[1]) as file:
    servers = json.load(file)["server_scan_results"]
if not servers:
    report("sslyze", False, "reached no server")
for server in servers:
    if server["scan_status"] != "COMPLETED":
        report("sslyze", False, f"{server['scan_status']} {server['connectivity_error_trace'] or ''}")
        continue
    check_suites(server["scan_result"])
    check_flaws(server["scan_result"])
    check_keys(server["scan_result"])
print(f"{weaknesses} weaknesses")
sys.exit(1 if weaknesses else 0)
