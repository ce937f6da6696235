import EosRunModel
import Foundation
import TestSupport
import Testing

/// A plugin that misbehaves, and what becomes of its run.
struct Misbehaviour: Sendable, CustomTestStringConvertible {
    /// What is asked of the run once the plugin is at it.
    enum Request: Sendable { case nothing, stop }

    /// The name of its objective and its file.
    let name: String
    /// For Tests/Fixtures/misbehaving.c.
    let flags: String
    /// Another source of Tests/Fixtures that it needs.
    var source: String?
    /// Of its spec.
    var overrides: [String] = []
    var request = Request.nothing
    let state: RunState
    /// Words of the reason.
    let words: [String]
    var signal: Int32?
    var exitCode: Int?
    var restarts = 0

    var testDescription: String { name }

    /// Put where `lab` finds plugins.
    func drop(into lab: Lab) throws {
        var options = flags.split(separator: " ").map(String.init) + ["-DNAME=\"\(name)\""]
        if let source { options.append(try BuiltFixture.build("Tests/Fixtures/\(source)")) }
        let file = try BuiltFixture.build("Tests/Fixtures/misbehaving.c", options)
        try FileManager.default.copyItem(atPath: file, toPath: "\(lab.plugins)/\(name).so")
    }

    func submit(to lab: Lab) async throws -> RunReport {
        try await lab.submit(
            [
                "objective.plugin=\(name)", "policy.name=constant", "policy.step=1e-9",
                "stop.iterations=1000000000000", "stop.gradient_norm=0", "checkpoint.every_seconds=1000",
                "restart.limit=1", "restart.delay=0",
            ] + overrides, name: name)
    }
}

extension Misbehaviour {
    static let all = ends + hangs + hungry + farewells

    /// Those that end their process.
    static let ends = [
        crash("segfault", "-DAT_EVALUATE=touch_nothing -DAFTER=20", SIGSEGV, "in its evaluate"),
        crash("segfault_in_create", "-DAT_CREATE=touch_nothing", SIGSEGV, "in its create"),
        crash("abort", "-DAT_EVALUATE=give_up -DAFTER=20", SIGABRT, "in its evaluate"),
        crash("stack_overflow", "-DAT_EVALUATE=overflow_stack -DAFTER=20", SIGSEGV, "in its evaluate"),
        crash("child", "-DAT_EVALUATE=leave_child_and_crash -DAFTER=20", SIGSEGV, "in its evaluate"),
        crash("daemon", "-DAT_EVALUATE=leave_daemon_and_crash -DAFTER=20", SIGSEGV, "in its evaluate"),
        // What is recorded in a call is not tried again.
        Misbehaviour(
            name: "exit", flags: "-DAT_EVALUATE=leave -DAFTER=20", state: .failed,
            words: ["exit.so ended the process by exit(3) in its evaluate"], exitCode: 3),
        Misbehaviour(
            name: "exit_in_create", flags: "-DAT_CREATE=leave", state: .failed,
            words: ["exit_in_create.so ended the process by exit(3) in its create"], exitCode: 3, restarts: 1),
        Misbehaviour(
            name: "exit_on_a_thread", flags: "-DAT_EVALUATE=leave_elsewhere -DAFTER=20", state: .failed,
            words: ["ended the process by exit(3) in its evaluate"], exitCode: 3, restarts: 1),
        Misbehaviour(
            name: "exit_at_once", flags: "-DAT_EVALUATE=leave_at_once -DAFTER=20", state: .failed,
            words: ["exit status 3"], exitCode: 3, restarts: 1),
        Misbehaviour(
            name: "closes", flags: "-DAT_EVALUATE=close_descriptors -DAFTER=20", state: .failed,
            words: ["closed files of the worker", "2 times in a row"], restarts: 1),
    ]

    private static func crash(_ name: String, _ flags: String, _ signal: Int32, _ place: String) -> Misbehaviour {
        Misbehaviour(
            name: name, flags: flags, state: .failed,
            words: ["\(name).so ended the process by SIG", place, "2 times in a row"], signal: signal, restarts: 1)
    }

    /// Those that do not come back.
    static let hangs = [
        Misbehaviour(
            name: "too_long", flags: "-DAT_EVALUATE=nap -DAFTER=20", overrides: ["limits.seconds=1"],
            state: .timedOut, words: ["limits.seconds", "abandoned"]),
        Misbehaviour(
            name: "too_long_in_create", flags: "-DAT_CREATE=nap", overrides: ["limits.seconds=1"], state: .timedOut,
            words: ["limits.seconds"]),
        Misbehaviour(
            name: "stalled", flags: "-DAT_EVALUATE=nap -DAFTER=20",
            overrides: ["limits.evaluation_seconds=0.5", "limits.on_stall=\"end\""], state: .timedOut,
            words: ["limits.evaluation_seconds"]),
        Misbehaviour(
            name: "busy", flags: "-DAT_EVALUATE=loop -DAFTER=20", overrides: ["limits.processor_seconds=1"],
            state: .timedOut, words: ["limits.processor_seconds"], signal: SIGXCPU),
        Misbehaviour(
            name: "nap", flags: "-DAT_EVALUATE=nap -DAFTER=20", request: .stop, state: .cancelled,
            words: ["a user stopped it", "abandoned"]),
        Misbehaviour(
            name: "nap_in_create", flags: "-DAT_CREATE=nap", request: .stop, state: .cancelled,
            words: ["a user stopped it"]),
        Misbehaviour(
            name: "deaf", flags: "-DAT_EVALUATE=loop_deaf -DAFTER=20", request: .stop, state: .cancelled,
            words: ["a user stopped it"]),
        // Not even its watchdog runs: eosd has to notice.
        Misbehaviour(
            name: "halted", flags: "-DAT_EVALUATE=stop_itself -DAFTER=20", request: .stop, state: .cancelled,
            words: ["a user stopped it", "had to be killed"], signal: SIGKILL),
        Misbehaviour(
            name: "halted_and_stalled", flags: "-DAT_EVALUATE=stop_itself -DAFTER=20",
            overrides: ["limits.evaluation_seconds=1", "limits.on_stall=\"end\""], state: .timedOut,
            words: ["limits.evaluation_seconds", "does not answer"], signal: SIGKILL),
    ]

    /// Those that use up their memory: the same would happen again.
    static let hungry = [
        Misbehaviour(
            name: "small_blocks", flags: "-DAT_EVALUATE=leak_small_blocks -DAFTER=20", overrides: memory,
            state: .outOfMemory, words: ["limits.memory", "in its evaluate"], signal: SIGSEGV),
        Misbehaviour(
            name: "large_blocks", flags: "-DAT_EVALUATE=leak_large_blocks -DAFTER=20", overrides: memory,
            state: .outOfMemory, words: ["limits.memory", "in its evaluate"], signal: SIGSEGV),
        Misbehaviour(
            name: "hungry_in_create", flags: "-DAT_CREATE=leak_small_blocks", overrides: memory,
            state: .outOfMemory, words: ["limits.memory", "in its create"], signal: SIGSEGV),
        Misbehaviour(
            name: "hungry_in_swift", flags: "-DAT_EVALUATE=leak_in_swift -DAFTER=20", source: "hungry.swift",
            overrides: memory, state: .outOfMemory, words: ["limits.memory", "in its evaluate"]),
    ]

    /// Those that misbehave when their run has ended and is saved: nothing comes of it.
    static let farewells = [
        ("crash_in_destroy", "-DAT_DESTROY=touch_nothing"), ("exit_in_destroy", "-DAT_DESTROY=leave"),
        ("deaf_in_destroy", "-DAT_DESTROY=loop_deaf"), ("crash_in_deinit", "-DAT_DEINIT=touch_nothing"),
        ("deaf_in_deinit", "-DAT_DEINIT=loop_deaf"), ("thread_ends_in_deinit", "-DAT_DEINIT=end_thread"),
        ("crash_at_unload", "-DAT_UNLOAD=touch_nothing"), ("hang_at_unload", "-DAT_UNLOAD=pause_for_ever"),
        ("crash_at_exit", "-DAT_LOAD=crash_at_exit"), ("spins", "-DAT_INIT=leave_spinning"),
    ].map { name, flags in
        Misbehaviour(
            name: name, flags: flags, overrides: ["stop.seconds=0.2"], state: .budgetExhausted,
            words: ["the time limit was reached"])
    }

    private static let memory = ["limits.memory=200000000"]
}
