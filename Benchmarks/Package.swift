// swift-tools-version: 6.2
import PackageDescription

// The product's HTTP server beside others, each as a program of its own that answers the same routes. A package of its
// own, so that the others never enter the product's dependencies.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    // Handlers stay on the loop of their connection, as in the product.
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")

let package = Package(
    name: "benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "open-vcluster-portal", path: ".."),
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1"),
        .package(url: "https://github.com/swhitty/FlyingFox", exact: "0.27.1"),
    ],
    targets: [
        .executableTarget(
            name: "bench-server",
            dependencies: [
                argumentParser,
                .product(name: "HTTPServer", package: "open-vcluster-portal"),
                .product(name: "JSON", package: "open-vcluster-portal"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
                .product(name: "UnixSignals", package: "swift-service-lifecycle"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "bench-hummingbird",
            dependencies: [argumentParser, .product(name: "Hummingbird", package: "hummingbird")],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "bench-flyingfox",
            dependencies: [
                argumentParser,
                .product(name: "FlyingFox", package: "FlyingFox"),
                .product(name: "FlyingSocks", package: "FlyingFox"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "bench-quota",
            dependencies: [
                argumentParser,
                .product(name: "Portal", package: "open-vcluster-portal"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: settings
        ),
        .executableTarget(name: "bench-limit"),
        .executableTarget(name: "bench-zlib", linkerSettings: [.linkedLibrary("z")]),
    ]
)
