import ArgumentParser
import CEos

/// The root of the command line.
struct Eos: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "eos",
        abstract: "Trains models that live in plugins, at the edge of stability.",
        discussion: """
            A run is described by a spec in TOML: an objective, a step-size policy, when to stop. `eos train SPEC` \
            trains it and leaves a run directory that can be resumed, exported and read by other tools.

            EXIT STATUS
              0  done
              1  a failure: the training diverged, a plugin failed, the disk is full
              2  a mistake of the user: a bad spec, an unknown key, a missing file
              130, 143  stopped by SIGINT or SIGTERM; the state was saved

            ENVIRONMENT
              EOS_PLUGIN_PATH  directories with plugins, separated by colons, searched first
              EOS_DATA_DIR     where data files are looked up that do not lie beside the spec
              XDG_CACHE_HOME   where it is remembered what plugins offer, in eos/probes; else ~/.cache
            """,
        version: EOS_VERSION_STRING,
        subcommands: [
            Train.self, Export.self, Plugins.self, PluginCommand.self, Policies.self, Sharpness.self, Doctor.self,
        ])
}
