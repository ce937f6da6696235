// swift-tools-version: 6.2
import PackageDescription

let root = Context.packageDirectory

/// Every target of ours: Swift 6, and no warning passes.
let strict: [SwiftSetting] = [.swiftLanguageMode(.v6), .treatAllWarnings(as: .error)]

/// The trainer's loop: checking at run time that no property is read while it is written, on top of what the compiler
/// proves, takes longer than the rest of an iteration of a cheap objective.
let strictLoop = strict + [.unsafeFlags(["-enforce-exclusivity=unchecked"])]

/// C of ours: C11, no warning passes; -O3 because the products of a network are loops, x86-64-v3 is left to the BLAS;
/// DWARF 4 because the valgrind of Debian 12 ends where it meets clang's DWARF 5 in a plugin.
let strictC: [CSetting] = [
    .unsafeFlags(["-I\(root)/include", "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-O3", "-gdwarf-4"])
]

/// lld, without search paths and without libraries that are not used. gold leaves local Swift symbols in the dynamic table.
let linker = "-ld-path=\(root)/scripts/linker"

/// A shared object of ours carries its own Swift runtime and exports only what the script names.
func selfContained(exporting script: String) -> LinkerSetting {
    .unsafeFlags([
        "-static-stdlib", linker, "-Xlinker", "--gc-sections", "-Xlinker", "--version-script=\(root)/\(script)",
    ])
}

/// A shared object of C alone: without the object that registers Swift's metadata, nothing in it needs Swift.
let selfContainedInC: LinkerSetting = .unsafeFlags([
    "-nostartfiles", linker, "-Xlinker", "--version-script=\(root)/plugins/plugin.map",
])

/// The command runs where there is no Swift: Foundation and what it stands on come along, too.
let selfContainedWithFoundation: LinkerSetting = .unsafeFlags(
    ["-static-stdlib", linker, "-Xlinker", "--gc-sections"]
        + [
            "Foundation", "FoundationInternationalization", "FoundationEssentials", "_FoundationICU", "CoreFoundation",
            "_FoundationCShims", "_FoundationCollections", "swiftDispatch", "swiftSynchronization",
            "swift_RegexParser", "swift_StringProcessing", "swift_Concurrency",
        ].map { "-l\($0)" })

func swiftPlugin(_ name: String) -> Target {
    .target(
        name: "\(name)Plugin", dependencies: ["CEos", "EosPluginKit"], path: "plugins/\(name)",
        swiftSettings: strict, linkerSettings: [selfContained(exporting: "plugins/plugin.map")])
}

func cPlugin(_ name: String, libraries: [String] = []) -> Target {
    .target(
        name: "\(name)Plugin", path: "plugins/\(name)", publicHeadersPath: ".", cSettings: strictC,
        linkerSettings: [selfContainedInC] + libraries.map { .linkedLibrary($0) })
}

/// Products of small matrices by code made for their sizes, which is linked in; other processors leave them to the BLAS.
#if arch(x86_64)
    let products = ["xsmm", "openblas", "dl"]
#else
    let products = ["openblas"]
#endif

let plugins = [
    "mlp", "product", "inner-product", "mean-model", "single-neuron", "threshold-network", "path-rnn", "quadratic",
    "rosenbrock", "logistic",
]

/// The test targets to build, by name: all but where EOS_TESTS names some, as in `EOS_TESTS=EosFFITests,ABITests`.
let wantedTests = Context.environment["EOS_TESTS"].map { $0.split(separator: ",").map(String.init) }

func tests(
    _ name: String, _ dependencies: [Target.Dependency], path: String? = nil, exclude: [String] = []
) -> [Target] {
    if let wantedTests, !wantedTests.contains(name) { return [] }
    return [
        .testTarget(
            name: name, dependencies: dependencies, path: path, exclude: exclude, swiftSettings: strict)
    ]
}

/// Programs of libFuzzer: only `make fuzz` builds them, since they have no main of their own.
let fuzzed = Context.environment["EOS_FUZZ"] == nil ? [] : ["signature", "manifest", "spec", "checkpoint", "control"]

/// Only `make -C Benchmarks/... run` builds them.
let benchmarks: [Target] =
    Context.environment["EOS_BENCHMARKS"] == nil
    ? []
    : [
        .target(
            name: "CFFIBenchmark", dependencies: ["CCounting", "CFFI"], path: "Benchmarks/ffi/C", cSettings: strictC),
        .executableTarget(
            name: "ffi-benchmark",
            dependencies: [
                "CCounting", "CEos", "CFFIBenchmark", "CFFI", "EosCore", "EosFFI", "EosForeign", "EosPluginHost",
            ],
            path: "Benchmarks/ffi/Sources", swiftSettings: strict,
            // For what is called as a library.
            linkerSettings: [.unsafeFlags(["-Xlinker", "--export-dynamic-symbol=eos_allocations"])]),
        .executableTarget(
            name: "telemetry-benchmark", dependencies: ["CEos", "EosCore", "EosRuns"],
            path: "Benchmarks/telemetry/Sources", swiftSettings: strict),
        .target(
            name: "CRecursion", path: "Benchmarks/iterations/C", cSettings: strictC,
            linkerSettings: [.linkedLibrary("m")]),
        .executableTarget(
            name: "iterations-benchmark",
            dependencies: ["CEos", "CRecursion", "EosCore", "EosPluginHost", "EosRuns"],
            path: "Benchmarks/iterations/Sources", swiftSettings: strict),
        .target(name: "CTriad", path: "Benchmarks/peers/C", cSettings: strictC),
        .executableTarget(
            name: "peers-benchmark",
            dependencies: ["CEos", "CTriad", "EosCore", "EosData", "EosPluginHost"],
            path: "Benchmarks/peers/Sources", swiftSettings: strict),
    ]

let package = Package(
    name: "eos",
    products: [
        .executable(name: "eos", targets: ["eos"]),
        .executable(name: "eos-worker", targets: ["eos-worker"]),
        .executable(name: "eosd", targets: ["eosd"]),
        // SwiftPM wants product names to differ: `make build` links libeos.so to this one, its soname is libeos.so.1.
        .library(name: "EosExports", type: .dynamic, targets: ["EosExports"]),
        .library(name: "EosPluginKit", type: .static, targets: ["EosPluginKit"]),
    ] + plugins.map { .library(name: "eos-plugin-\($0)", type: .dynamic, targets: ["\($0)Plugin"]) },
    dependencies: [
        // Runs and metrics.
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        // Command line, completions, man pages.
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        // HTTP of the daemon: routing, streaming; without its configuration and Foundation traits.
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        // Sockets that were handed over, the peer's uid; HTTP of the client.
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
        // The parts of a request, as Hummingbird has them.
        .package(url: "https://github.com/apple/swift-nio-extras", from: "1.20.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    ],
    targets: [
        .systemLibrary(name: "CEos", path: "include"),
        .systemLibrary(
            name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),

        // Calls of functions whose signature is known at run time only.
        .systemLibrary(name: "CFFI", pkgConfig: "libffi", providers: [.apt(["libffi-dev"])]),

        .target(name: "CEosTexts", cSettings: strictC),
        // What Swift can't do or may not do in a signal handler: watching what plugins do to the process.
        .target(name: "CEosGuard", cSettings: strictC),
        .target(name: "CEosSums", cSettings: strictC),
        // Depends on nothing: whoever reads or writes JSON takes it.
        .target(name: "EosJSON", swiftSettings: strict),
        .target(
            name: "EosCore", dependencies: ["CEos", "CEosGuard", "CEosSums", "CEosTexts", "EosJSON"],
            swiftSettings: strictLoop),
        .target(name: "EosData", dependencies: ["CEos", "CZlib", "EosCore"], swiftSettings: strict),
        // What the dynamic loader does not do: looks into what it has loaded.
        .target(name: "CEosLinking", cSettings: strictC),
        .target(
            name: "EosPluginHost", dependencies: ["CEos", "CEosGuard", "CEosLinking", "EosCore", "EosData"],
            swiftSettings: strict),
        .target(name: "EosFFI", dependencies: ["CEos", "CFFI", "EosCore"], swiftSettings: strict),
        // Run specs and manifests.
        .target(name: "EosTOML", dependencies: ["CEos", "EosCore", "EosJSON"], swiftSettings: strict),
        .target(
            name: "EosForeign",
            dependencies: [
                "CEos", "CEosGuard", "EosCore", "EosFFI", "EosPluginHost", "EosTOML",
            ], swiftSettings: strict),
        // What a run is, as values: its life, its numbers, what is said of it. No database, no TOML, no plugin host.
        .target(name: "EosRunModel", dependencies: ["CEos", "EosCore", "EosJSON"], swiftSettings: strict),
        .target(name: "CEosProcesses", cSettings: strictC),
        .target(
            name: "EosProcesses", dependencies: ["CEos", "CEosProcesses", "EosCore"], swiftSettings: strict),
        .target(
            name: "EosDiscovery",
            dependencies: ["CEos", "EosCore", "EosForeign", "EosJSON", "EosPluginHost", "EosProcesses"],
            swiftSettings: strict),
        .target(name: "CEosConformance", cSettings: strictC),
        // Linked into the worker only: it stands before the C library's allocations.
        .target(name: "CEosRefusals", dependencies: ["CEosGuard"], cSettings: strictC),
        .target(
            name: "EosConformance",
            dependencies: [
                "CEos", "CEosConformance", "EosCore", "EosData", "EosJSON", "EosPluginHost", "EosProcesses",
            ],
            swiftSettings: strict),
        .target(
            name: "EosExports", dependencies: ["CEos", "CEosGuard", "CEosTexts", "EosCore", "EosPluginHost"],
            exclude: ["eos.map"], swiftSettings: strict,
            linkerSettings: [
                selfContained(exporting: "Sources/EosExports/eos.map"),
                .unsafeFlags(["-Xlinker", "-soname=libeos.so.1"]),
            ]),
        .target(name: "EosPluginKit", dependencies: ["CEos"], swiftSettings: strict),
        .target(
            name: "EosRuns",
            dependencies: [
                "CEos", "CEosGuard", "EosCore", "EosData", "EosDiscovery", "EosJSON", "EosPluginHost", "EosProcesses",
                "EosRunModel",
                "EosTOML",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ], swiftSettings: strict),
        // What runs mean: of their records, and of the run gone through once more.
        .target(
            name: "EosAnalysis",
            dependencies: ["CEos", "EosCore", "EosData", "EosPluginHost", "EosRuns"],
            swiftSettings: strict),
        .target(
            name: "EosServer",
            dependencies: [
                "CEos", "EosCore", "EosDiscovery", "EosJSON", "EosPluginHost", "EosProcesses", "EosRunModel", "EosRuns",
                .product(name: "GRDB", package: "GRDB.swift"),
                .product(name: "HTTPTypes", package: "swift-http-types"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOHTTPTypes", package: "swift-nio-extras"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ], swiftSettings: strict),
        .target(
            name: "EosClient",
            dependencies: [
                "CEos", "EosCore", "EosJSON", "EosRunModel",
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ], swiftSettings: strict),
        // What `eos reproduce` is made of.
        .target(
            name: "EosStudies",
            dependencies: [
                "CEos", "EosAnalysis", "EosCore", "EosData", "EosJSON", "EosPluginHost", "EosProcesses", "EosRunModel",
                "EosRuns",
            ], swiftSettings: strict),
        .executableTarget(
            name: "eosd",
            dependencies: [
                "CEos", "EosCore", "EosPluginHost", "EosProcesses", "EosServer",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Logging", package: "swift-log"),
            ],
            swiftSettings: strict, linkerSettings: [selfContainedWithFoundation]),
        .executableTarget(
            name: "eos",
            dependencies: [
                "CEos", "CEosGuard", "EosAnalysis", "EosClient", "EosConformance", "EosCore", "EosData",
                "EosDiscovery", "EosFFI", "EosJSON", "EosPluginHost", "EosProcesses", "EosRunModel", "EosRuns",
                "EosStudies",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: strict, linkerSettings: [selfContainedWithFoundation]),
        .executableTarget(
            name: "eos-worker",
            dependencies: [
                "CEos", "CEosRefusals", "EosConformance", "EosCore", "EosDiscovery", "EosPluginHost", "EosProcesses",
                "EosRuns",
            ],
            swiftSettings: strict, linkerSettings: [selfContainedWithFoundation]),

        cPlugin("mlp", libraries: products + ["m"]),
        cPlugin("product", libraries: ["m"]),
        cPlugin("inner-product", libraries: ["m"]),
        cPlugin("mean-model", libraries: ["m"]),
        cPlugin("single-neuron", libraries: ["m"]),
        cPlugin("threshold-network", libraries: ["m"]),
        cPlugin("path-rnn", libraries: ["openblas", "m"]),
        swiftPlugin("quadratic"),
        swiftPlugin("rosenbrock"),
        swiftPlugin("logistic"),

        // Dense eigenvalues to compare with, in tests only.
        // The elementary functions of mlp, for their tests.
        .systemLibrary(name: "CElementary", path: "Tests/CElementary"),
        .systemLibrary(name: "CLapack", path: "Tests/CLapack", providers: [.apt(["libopenblas-dev"])]),
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: strict),
        .target(
            name: "RunTestSupport", dependencies: ["EosCore", "EosRunModel", "EosRuns", "TestSupport"],
            path: "Tests/RunTestSupport",
            swiftSettings: strict),
        .target(name: "CCounting", path: "Tests/CountingAllocator", cSettings: strictC),
        // What SQLite asks of the system, for tests that record it or make it fail.
        .target(
            name: "CSQLiteDisk", path: "Tests/SQLiteDisk", cSettings: strictC,
            linkerSettings: [.linkedLibrary("sqlite3")]),
        .target(
            name: "FuzzChecks", dependencies: ["CEos", "EosCore", "EosFFI", "EosForeign", "EosRunModel", "EosRuns"],
            path: "Tests/Fuzz/Checks", swiftSettings: strict),
    ]
        + benchmarks
        + fuzzed.map { name in
            .executableTarget(
                name: "fuzz-\(name)", dependencies: ["FuzzChecks"], path: "Tests/Fuzz/\(name)",
                exclude: ["corpus", "dictionary.txt"],
                swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])])
        }
        // The tree of sources itself.
        + tests("StructureTests", ["TestSupport"])
        + tests("EosCoreTests", ["CEos", "CLapack", "EosCore", "EosJSON"])
        + tests("EosJSONTests", ["EosJSON"])
        + tests("EosTOMLTests", ["CEos", "EosCore", "EosJSON", "EosTOML"])
        + tests("EosDataTests", ["EosData", "CEos", "CZlib"])
        + tests("EosPluginHostTests", ["EosPluginHost", "CEos"])
        + tests("EosPluginKitTests", ["EosPluginKit", "CEos"], exclude: ["Fixtures"])
        + tests("EosFFITests", ["CCounting", "EosFFI", "CFFI", "CEos", "EosCore", "TestSupport"])
        + tests("FuzzTests", ["FuzzChecks", "TestSupport"])
        + tests(
            "EosForeignTests",
            ["CCounting", "EosForeign", "EosFFI", "EosPluginHost", "EosCore", "CEos", "TestSupport"])
        + tests("EosRunModelTests", ["EosRunModel", "EosJSON", "CEos"])
        + tests("EosProcessesTests", ["EosProcesses", "EosCore", "CEos", "TestSupport"])
        + tests(
            "EosDiscoveryTests", ["EosDiscovery", "EosPluginHost", "EosProcesses", "EosCore", "CEos", "TestSupport"])
        + tests("EosConformanceTests", ["EosConformance", "EosPluginHost", "EosCore", "CEos", "TestSupport"])
        + tests(
            "EosRunsTests",
            [
                "CEos", "CSQLiteDisk", "EosCore", "EosDiscovery", "EosJSON", "EosPluginHost", "EosRunModel", "EosRuns",
                "RunTestSupport", "TestSupport", .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ])
        + tests("EosAnalysisTests", ["EosAnalysis", "EosPluginHost", "EosRuns", "EosCore", "CEos", "TestSupport"])
        + tests(
            "EosServerTests",
            [
                "CEos", "EosCore", "EosDiscovery", "EosPluginHost", "EosRunModel", "EosRuns", "EosServer",
                "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ], exclude: ["validate.py"])
        + tests(
            "SupervisorTests",
            [
                "EosServer", "EosRunModel", "EosRuns", "EosPluginHost", "EosCore", "CEos", "RunTestSupport",
                "TestSupport",
                .product(name: "Logging", package: "swift-log"),
            ])
        // eosd as a process that is killed, over workers that are, too.
        + tests("DaemonTests", ["EosRunModel", "EosRuns", "EosCore", "RunTestSupport", "TestSupport"])
        + tests("SoakTests", ["EosClient", "EosRunModel", "EosRuns", "TestSupport"])
        // Of what was built: the header and the library, plugins, the commands, the examples.
        + tests(
            "ABITests", ["CEos", "EosCore", "EosPluginHost", "TestSupport"],
            exclude: ["Fixtures", "eos-1.0.abi", "layout.txt"])
        + tests("LibraryTests", ["TestSupport"], exclude: ["Programs"])
        + tests("PluginTests", ["EosAnalysis", "EosData", "EosPluginHost", "EosCore", "CEos", "CElementary"])
        + tests("SwiftPluginTests", ["EosCore", "EosPluginHost", "CEos"])
        + tests(
            "EosStudiesTests",
            ["CEos", "EosCore", "EosJSON", "EosRunModel", "EosRuns", "EosStudies", "RunTestSupport", "TestSupport"])
        + tests("CommandTests", ["EosRunModel", "EosRuns", "EosCore", "CEos", "TestSupport"])
        + tests("ClientTests", ["EosClient", "EosRunModel", "EosRuns", "EosCore", "CEos", "TestSupport"])
        // Plugins that misbehave, and what becomes of the commands that meet them.
        + tests("MisbehaviourTests", ["TestSupport"])
        + tests("ExampleTests", ["TestSupport"], exclude: ["valgrind.supp"])
        + tests("AcceptanceTests", ["EosAnalysis", "EosCore", "EosData", "EosPluginHost"])
)
