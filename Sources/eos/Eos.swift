import ArgumentParser
import CEos

/// The root of the command line.
struct Eos: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eos",
        abstract: "Trains models that live in plugins, at the edge of stability.",
        discussion: """
            A run is described by a spec in TOML: an objective, a step-size policy, when to stop. `eos train SPEC` \
            trains it here and leaves a run directory that can be resumed, exported and read by other tools; \
            `eos submit SPEC` gives it to eosd, which trains it in the background.

            A run of eosd is named by its id or by a beginning of it that is its alone. Commands that look at runs, \
            and pause, stop and set, take a run directory as well, and need no eosd then.

            EXIT STATUS
              0  done
              1  a failure: the training diverged, a plugin failed, the disk is full,
                 standard output can't be written
              2  a mistake of the user: a bad spec, an unknown key, a missing file
              130, 143  stopped by SIGINT or SIGTERM; of eos train the state was saved
              141  nobody reads standard output any more, as in eos export RUN | head

            ENVIRONMENT
              EOS_PLUGIN_PATH  directories with plugins, separated by colons, searched
                               first
              EOS_DATA_DIR     where data files are looked up that do not lie beside
                               the spec
              EOS_SOCKET       socket of eosd; else $XDG_RUNTIME_DIR/eos/eosd.sock,
                               else /run/eos/eosd.sock
              EOS_HOST         host:port of an eosd that listens on TCP
              EOS_TOKEN        token for EOS_HOST
              EOS_TOKEN_FILE   file with the token for EOS_HOST
              XDG_CACHE_HOME   where it is remembered what plugins offer, in
                               eos/probes; else ~/.cache
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
        commandName: "plugin", abstract: "Look at one plugin or manifest.",
        subcommands: [PluginCheck.self, PluginExplain.self])
}
