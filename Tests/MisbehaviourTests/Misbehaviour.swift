import Testing

/// A plugin that misbehaves, how it is built, and what the commands make of it.
struct Misbehaviour: Sendable, CustomTestStringConvertible {
    /// What `eos train` makes of it.
    enum Training: Sendable {
        /// It trains, with the bits of a healthy plugin, after a warning that holds these words.
        case trains(String = "")
        /// It trains, with the bits of a healthy plugin, and the process ends well, with a warning that holds these words.
        case endsWell(String)
        /// It trains, and nobody notices: `eos plugin check` is for that.
        case trainsWrongly
        /// It ends as failed, with a reason that holds these words; the state before is kept.
        case fails(String)
        /// It does not begin.
        case isRefused(String)
        /// The process ends with this status and one line that names the plugin and holds these words.
        case ends(Int32, String)
        /// It does not come back.
        case hangs
    }

    /// What `eos plugins` makes of it.
    enum Listing: Sendable {
        case listed
        /// With these words.
        case refused(String)
    }

    /// The name of its objective and its file.
    let name: String
    /// For Tests/Fixtures/misbehaving.c.
    let flags: [String]
    /// Another source of Tests/Fixtures that it needs.
    let source: String?
    let listing: Listing
    let training: Training

    var testDescription: String { name }

    init(
        _ name: String, _ flags: String, source: String? = nil, listing: Listing = .listed, _ training: Training
    ) {
        self.name = name
        self.flags = flags.split(separator: " ").map(String.init)
        self.source = source
        self.listing = listing
        self.training = training
    }
}

extension Misbehaviour {
    static let all = ends + farewells + hangs + numbers + changes + tables

    /// Whether it is to be given up soon; others are waited for, however busy the machine is.
    var isEndless: Bool { Self.hangs.contains { $0.name == name } }
    var isNeverLoaded: Bool {
        if case .refused(let words) = listing { words.contains("did not load within") } else { false }
    }

    static let healthy = Misbehaviour("healthy", "", .trains())

    /// Those that end the process. In evaluate they do so late enough for a checkpoint.
    static let ends = [
        Misbehaviour(
            "segfault_at_load", "-DAT_LOAD=touch_nothing", listing: .refused("SIGSEGV"), .isRefused("SIGSEGV")),
        Misbehaviour(
            "exit_at_load", "-DAT_LOAD=leave", listing: .refused("status 3"), .isRefused("status 3")),
        Misbehaviour(
            "exit_in_init", "-DAT_INIT=leave_in_peace", listing: .refused("status 0"), .isRefused("status 0")),
        Misbehaviour("segfault_in_create", "-DAT_CREATE=touch_nothing", .ends(139, "in its create")),
        Misbehaviour("stack_overflow", "-DAT_CREATE=overflow_stack", .ends(139, "in its create")),
        Misbehaviour("exit_in_create", "-DAT_CREATE=leave", .ends(1, "exit(3) in its create")),
        Misbehaviour("segfault_in_start", "-DAT_START=touch_nothing", .ends(139, "in its initial_point")),
        Misbehaviour("segfault_in_evaluate", "-DAT_EVALUATE=touch_nothing -DAFTER=20", .ends(139, "in its evaluate")),
        Misbehaviour("sigfpe", "-DAT_EVALUATE=raise_fpe -DAFTER=20", .ends(136, "SIGFPE")),
        Misbehaviour("abort", "-DAT_EVALUATE=give_up -DAFTER=20", .ends(134, "SIGABRT")),
        Misbehaviour(
            "exception", "-DAT_EVALUATE=throw_something -DAFTER=20", source: "throwing.cpp",
            .ends(134, "an uncaught exception")),
        Misbehaviour(
            "swift_trap", "-DAT_EVALUATE=trap_in_swift -DAFTER=20", source: "trapping.swift",
            .ends(trapStatus, "in its evaluate")),
        Misbehaviour("exit", "-DAT_EVALUATE=leave -DAFTER=20", .ends(1, "exit(3) in its evaluate")),
        Misbehaviour("exit_quietly", "-DAT_EVALUATE=leave_in_peace -DAFTER=20", .ends(1, "exit(0) in its evaluate")),
        Misbehaviour(
            "exit_on_a_thread", "-DAT_EVALUATE=leave_elsewhere -DAFTER=20", .ends(1, "exit(3) in its evaluate")),
        // Nothing of ours runs after _exit.
        Misbehaviour("exit_at_once", "-DAT_EVALUATE=leave_at_once -DAFTER=20", .ends(3, "")),
    ]

    /// Those that misbehave when the run has ended and is saved.
    static let farewells = [
        Misbehaviour("segfault_in_destroy", "-DAT_DESTROY=touch_nothing", .endsWell("SIGSEGV")),
        Misbehaviour("exit_in_destroy", "-DAT_DESTROY=leave", .endsWell("exit(3) in its destroy")),
        Misbehaviour(
            "hang_in_destroy", "-DAT_DESTROY=pause_for_ever", .endsWell("did not return in time from its destroy")),
        Misbehaviour("segfault_in_deinit", "-DAT_DEINIT=touch_nothing", .endsWell("in its deinit")),
        Misbehaviour("abort_in_deinit", "-DAT_DEINIT=give_up", .endsWell("SIGABRT")),
        Misbehaviour("exit_in_deinit", "-DAT_DEINIT=leave", .endsWell("exit(3) in its deinit")),
        Misbehaviour(
            "loop_in_deinit", "-DAT_DEINIT=loop_deaf", .endsWell("did not return in time from its deinit")),
        Misbehaviour(
            "thread_ends_in_deinit", "-DAT_DEINIT=end_thread", .endsWell("did not return in time from its deinit")),
        Misbehaviour("stream_locked", "-DAT_INIT=leave_stream_locked", .endsWell("kept the process from ending")),
        Misbehaviour("spinning_thread", "-DAT_INIT=leave_spinning", .trains()),
        Misbehaviour("segfault_at_unload", "-DAT_UNLOAD=touch_nothing", .trains()),
        Misbehaviour("exit_at_unload", "-DAT_UNLOAD=leave", .trains()),
        Misbehaviour("hang_at_unload", "-DAT_UNLOAD=pause_for_ever", .trains()),
        Misbehaviour("thread_ends_at_unload", "-DAT_UNLOAD=end_thread", .trains()),
        Misbehaviour("segfault_at_exit", "-DAT_LOAD=crash_at_exit", .trains()),
    ]

    #if arch(x86_64)
        private static let trapStatus: Int32 = 132
    #else
        private static let trapStatus: Int32 = 133
    #endif

    /// Those that do not come back.
    static let hangs = [
        Misbehaviour(
            "loop_at_load", "-DAT_LOAD=loop", listing: .refused("did not load within"),
            .isRefused("did not load within")),
        Misbehaviour(
            "nap_in_init", "-DAT_INIT=nap", listing: .refused("did not load within"),
            .isRefused("did not load within")),
        Misbehaviour("loop_in_create", "-DAT_CREATE=loop", .hangs),
        Misbehaviour("loop_in_evaluate", "-DAT_EVALUATE=loop -DAFTER=20", .hangs),
        Misbehaviour("nap_in_evaluate", "-DAT_EVALUATE=nap -DAFTER=20", .hangs),
    ]

    /// Those whose numbers are not what they say.
    static let numbers = [
        Misbehaviour(
            "nan_after_100", "-DVALUE=(b->evaluations<100?sum:NAN)", .fails("the value is nan at iteration 100")),
        Misbehaviour("wrong_gradient", "-DFACTOR=1.5", .trainsWrongly),
        Misbehaviour("past_gradient", "-DPAST=1", .fails("wrote past the end of the gradient (4 elements)")),
        Misbehaviour("far_past_gradient", "-DPAST=8", .fails("wrote past the end of the gradient (4 elements)")),
        Misbehaviour(
            "dimension_too_small", "-DDIMENSION=3",
            .isRefused(
                "wrote past the end of the starting point (3 "
                    + "elements)")),
        Misbehaviour("dimension_zero", "-DDIMENSION=0", .isRefused("the objective's dimension is 0")),
        Misbehaviour("dimension_negative", "-DDIMENSION=-5", .isRefused("the objective's dimension is -5")),
        Misbehaviour("dimension_huge", "-DDIMENSION=4611686018427387904", .isRefused("4611686018427387904")),
    ]

    /// Those that change what belongs to the process, and those that leave something behind.
    static let changes = [
        Misbehaviour("directory_at_load", "-DAT_LOAD=change_directory", .trains("changed the working directory")),
        Misbehaviour("directory_in_create", "-DAT_CREATE=change_directory", .trains("changed the working directory")),
        Misbehaviour("directory_in_start", "-DAT_START=change_directory", .trains("changed the working directory")),
        Misbehaviour(
            "directory_in_evaluate", "-DAT_EVALUATE=change_directory",
            .trains("its evaluate changed the working directory")),
        Misbehaviour("locale", "-DAT_CREATE=change_locale", .trains("its create changed the locale")),
        Misbehaviour("thread_locale", "-DAT_CREATE=change_thread_locale", .trains("its create changed the locale")),
        Misbehaviour("signal_mask", "-DAT_CREATE=block_signals", .trains("its create changed the signal mask")),
        Misbehaviour(
            "signal_actions", "-DAT_INIT=ignore_signals", .trains("its init changed the action of a signal")),
        Misbehaviour("flush_at_load", "-DAT_LOAD=flush_to_zero", .trains("changed the floating-point mode")),
        Misbehaviour(
            "flush_to_zero", "-DAT_EVALUATE=flush_to_zero",
            .trains("its evaluate changed the floating-point mode")),
        Misbehaviour(
            "rounding", "-DAT_EVALUATE=round_upwards -DAFTER=1",
            .trains("its evaluate changed the floating-point mode")),
        Misbehaviour("prints", "-DAT_LOAD=print -DAT_CREATE=print -DAT_EVALUATE=print -DAT_DESTROY=print", .trains()),
        Misbehaviour("leaks", "-DAT_CREATE=leak -DAT_DESTROY=leak", .trains()),
        Misbehaviour("threads", "-DAT_CREATE=start_threads", .trains()),
    ]

    /// Those whose tables are not what they say.
    static let tables = [
        Misbehaviour("huge_plugin_table", "-DPLUGIN_SIZE=0xffffffffu", .trains()),
        Misbehaviour("huge_factory", "-DFACTORY_SIZE=0xffffffffu", .trains()),
        Misbehaviour("huge_descriptor", "-DDESCRIPTOR_SIZE=0xffffffffu", .trains()),
        Misbehaviour("huge_ops", "-DOPS_SIZE=0xffffffffu", .trains()),
        Misbehaviour(
            "huge_row", "-DROW_SIZE=0xffffffffu", listing: .refused("struct_size 4294967295"),
            .isRefused("struct_size 4294967295")),
        Misbehaviour("no_create", "-DCREATE=NULL", listing: .refused("lacks "), .isRefused("lacks ")),
        Misbehaviour(
            "no_factories", "-DGET_FACTORY=NULL", listing: .refused("get_factory is NULL"),
            .isRefused("get_factory is NULL")),
        Misbehaviour("no_evaluate", "-DEVALUATE=NULL", .isRefused("lacks describe, initial_point or evaluate")),
        Misbehaviour("no_destroy", "-DDESTROY=NULL", .trains()),
        Misbehaviour("endless_blocks", "-DBLOCK=endless_block", .isRefused("more than 100000 blocks")),
    ]
}
