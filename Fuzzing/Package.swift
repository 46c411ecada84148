// swift-tools-version: 6.2
import PackageDescription

// libFuzzer over the parsers of the product (docs/contributing.md; run it by `make fuzz`). A package of its own, because
// its flags are unsafe ones to SwiftPM; `Sources/HTTPCore` and `Sources/JSON` are links to the product's sources, so that
// they are compiled here with the counters that guide the fuzzer. scripts/fuzz adds libFuzzer itself to the link.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]
let counted = settings + [.unsafeFlags(["-sanitize=fuzzer"])]

let package = Package(
    name: "fuzzing",
    platforms: [.macOS(.v15)],
    targets: [
        .systemLibrary(name: "CLibFuzzer"),
        .target(name: "HTTPCore", swiftSettings: counted),
        .target(name: "JSON", swiftSettings: counted),
        // Not counted: the fuzzer is to explore the product, not what judges it.
        .target(name: "HTTPProperties", dependencies: ["HTTPCore"], swiftSettings: settings),
        .target(name: "JSONProperties", dependencies: ["JSON"], swiftSettings: settings),
        .executableTarget(
            name: "fuzz",
            dependencies: ["CLibFuzzer", "HTTPCore", "HTTPProperties", "JSONProperties"],
            swiftSettings: settings,
            linkerSettings: [.linkedLibrary("stdc++")]
        ),
    ]
)
