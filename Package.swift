// swift-tools-version: 6.2
import PackageDescription

// One settings array for every Swift target (docs/architecture.md): Swift 6 mode comes with the tools
// version; a dependency that leaks into an API has to be written `public import`.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let asyncHTTPClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let collections = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let configuration = Target.Dependency.product(name: "Configuration", package: "swift-configuration")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let jwtKit = Target.Dependency.product(name: "JWTKit", package: "jwt-kit")
let lifecycle = Target.Dependency.product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let unixSignals = Target.Dependency.product(name: "UnixSignals", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let metrics = Target.Dependency.product(name: "Metrics", package: "swift-metrics")
let mustache = Target.Dependency.product(name: "Mustache", package: "swift-mustache")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let systemPackage = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let tracing = Target.Dependency.product(name: "Tracing", package: "swift-distributed-tracing")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

/// A Swift target of the product; its tests live in `Tests/<name>Tests` where they exist.
func target(_ name: String, _ dependencies: [Target.Dependency], _ more: [SwiftSetting] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings + more)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

let package = Package(
    name: "open-vcluster-portal",
    products: [
        .executable(name: "vcluster-portal", targets: ["vcluster-portal"]),
        // For Benchmarks/, a package of its own, so that the servers it compares with stay out of the product.
        .library(name: "HTTPServer", targets: ["EventLoop", "HTTPCore", "HTTPServer"]),
        .library(name: "JSON", targets: ["JSON"]),
        .library(name: "Portal", targets: ["Portal", "Postgres", "EventLoop"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
        .package(url: "https://github.com/apple/swift-configuration", exact: "1.4.0"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-distributed-tracing", exact: "1.7.3"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-metrics", exact: "2.13.0"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/apple/swift-system", exact: "1.8.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", exact: "2.1.1"),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", exact: "1.0.2"),
        .package(url: "https://github.com/vapor/jwt-kit", exact: "5.7.1"),
    ],
    targets: [
        // An arrow points only to a target above it.
        .systemLibrary(name: "CEpoll"),
        .systemLibrary(name: "CLibPQ", pkgConfig: "libpq", providers: [.apt(["libpq-dev"])]),
        .systemLibrary(name: "COpenSSL", pkgConfig: "openssl", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        target("JSON", []),
        target("EventLoop", ["CEpoll", collections]),
        target("HTTPCore", []),
        target(
            "HTTPServer",
            ["CEpoll", "COpenSSL", "CZlib", "EventLoop", "HTTPCore", collections, lifecycle, logging],
            // A connection's functions stay on the loop that calls them: each switch would cost a lock, and a small
            // request would make a dozen.
            [.enableUpcomingFeature("NonisolatedNonsendingByDefault")]
        ),
        target("Observability", ["HTTPCore", "JSON", logging, tracing]),
        target("Postgres", ["CLibPQ", "EventLoop", "JSON", collections, crypto, lifecycle, logging]),
        // The HTTP client's TLS settings and buffers are types of swift-nio, paths of subprocesses of swift-system.
        target(
            "Kubernetes",
            ["JSON", asyncHTTPClient, logging, nioCore, nioHTTP1, nioSSL, subprocess, systemPackage, yams]
        ),
        target(
            "Portal",
            ["JSON", "Postgres", collections, crypto, cryptoExtras, lifecycle, logging, metrics, tracing]
        ),
        target("PortalHosts", ["JSON", "Kubernetes", "Portal", crypto, logging, subprocess, systemPackage, yams]),
        // Alone in knowing jwt-kit, which brings swift-certificates along.
        target("PortalOIDC", ["JSON", "Portal", asyncHTTPClient, crypto, jwtKit, nioCore, nioHTTP1, nioSSL]),
        target(
            "PortalWeb",
            [
                "EventLoop", "HTTPCore", "HTTPServer", "JSON", "Observability", "Portal", crypto, logging, metrics,
                mustache, tracing, yams,
            ]
        ),
        target(
            "PortalTesting",
            [
                "EventLoop", "HTTPCore", "HTTPServer", "JSON", "Portal", "PortalHosts", "PortalWeb", "Postgres",
                asyncHTTPClient, logging, nioCore, nioHTTP1,
            ]
        ),
        .executableTarget(
            name: "vcluster-portal",
            dependencies: [
                "EventLoop", "HTTPCore", "HTTPServer", "JSON", "Kubernetes", "Observability", "Portal", "PortalHosts",
                "PortalOIDC", "PortalWeb", "Postgres", argumentParser, configuration, lifecycle, logging, metrics,
                tracing,
                unixSignals,
            ],
            swiftSettings: settings
        ),
        tests("JSONTests", ["JSON"]),
        tests("EventLoopTests", ["EventLoop"]),
        tests("HTTPCoreTests", ["HTTPCore"]),
        tests(
            "HTTPServerTests",
            ["COpenSSL", "CZlib", "EventLoop", "HTTPCore", "HTTPServer", lifecycle, logging]
        ),
        tests("PostgresTests", ["EventLoop", "JSON", "PortalTesting", "Postgres", logging]),
        tests(
            "KubernetesTests",
            [
                "HTTPCore", "JSON", "Kubernetes", "Observability", asyncHTTPClient, logging, nioCore, nioHTTP1,
                nioPosix,
                nioSSL, tracing,
            ]
        ),
        tests("ObservabilityTests", ["HTTPCore", "JSON", "Observability", logging, tracing]),
        tests(
            "PortalTests",
            ["EventLoop", "HTTPCore", "JSON", "Observability", "Portal", "PortalTesting", "Postgres", logging, tracing]
        ),
        tests(
            "PortalHostsTests",
            ["JSON", "Kubernetes", "Portal", "PortalHosts", "PortalTesting", "Postgres", logging]
        ),
        tests(
            "PortalOIDCTests",
            [
                "EventLoop", "HTTPCore", "HTTPServer", "JSON", "Portal", "PortalOIDC", "PortalTesting", "PortalWeb",
                "Postgres", asyncHTTPClient, crypto, cryptoExtras, jwtKit, logging, nioCore, nioHTTP1,
            ]
        ),
        tests(
            "PortalWebTests",
            [
                "EventLoop", "HTTPCore", "HTTPServer", "JSON", "Observability", "Portal", "PortalTesting", "PortalWeb",
                "Postgres", asyncHTTPClient, logging, metrics, nioCore, nioHTTP1, nioSSL, tracing, yams,
            ]
        ),
        tests(
            "EndToEndTests",
            ["JSON", "Portal", "PortalTesting", "Postgres", asyncHTTPClient, logging, nioCore, nioHTTP1]
        ),
        tests(
            "KubernetesSuiteTests",
            ["JSON", "Kubernetes", "Portal", "PortalHosts", "PortalTesting", asyncHTTPClient, logging, yams]
        ),
        tests("TidyTests", []),
    ]
)
