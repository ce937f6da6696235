import ArgumentParser
import CEos

/// The root of the command line.
struct Eos: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eos",
        abstract: "Train models at the edge of stability. Models and policies are plugins.",
        discussion: """
            A spec in TOML describes a run: its objective, its policy and when it stops. `eos train SPEC` trains it in \
            the foreground and writes a run directory, from which the run can be resumed and exported. `eos submit \
            SPEC` passes it to eosd, which trains it in the background.

            Name a run of eosd by its id or by a unique beginning of its id. Commands that inspect runs also accept a \
            run directory, as do pause, stop and set. They do not need eosd then.

            EXIT STATUS
              0  success
              1  a failure: the training diverged, a plugin failed, the disk is full, or
                 standard output can't be written
              2  a mistake in the input: a bad spec, an unknown key, a missing file
              130, 143  stopped by SIGINT or SIGTERM; eos train has saved its state
              141  the reader of standard output has ended, as in eos export RUN | head

            ENVIRONMENT
              EOS_PLUGIN_PATH  directories with plugins, separated by colons; eos searches
                               them first
              EOS_DATA_DIR     directory of data files that are not beside the spec
              EOS_SOCKET       socket of eosd. The default is
                               $XDG_RUNTIME_DIR/eos/eosd.sock, then /run/eos/eosd.sock
              EOS_HOST         host:port of an eosd that listens on TCP
              EOS_TOKEN        token for EOS_HOST
              EOS_TOKEN_FILE   file with the token for EOS_HOST
              XDG_CACHE_HOME   eos caches what plugins offer in its directory eos/probes.
                               The default is ~/.cache
            """,
        version: EOS_VERSION_STRING,
        groupedSubcommands: [
            CommandGroup(
                name: "Foreground",
                subcommands: [Train.self, Sharpness.self]),
            CommandGroup(
                name: "Background",
                subcommands: [
                    Submit.self, SweepCommand.self, List.self, Watch.self, Wait.self, Pause.self, Resume.self,
                    Stop.self, Retry.self, SetKeys.self, Remove.self,
                ]),
            CommandGroup(
                name: "Inspection",
                subcommands: [Show.self, Logs.self, Compare.self, Export.self, Analyze.self]),
            CommandGroup(
                name: "Papers",
                subcommands: [Reproduce.self]),
            CommandGroup(
                name: "Installation",
                subcommands: [Plugins.self, PluginCommand.self, Policies.self, Doctor.self]),
        ])
}

struct PluginCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plugin", abstract: "Inspect one plugin or manifest.",
        subcommands: [PluginCheck.self, PluginExplain.self])
}
