import CEosGuard
import EosCore
import EosPluginHost
import EosProcesses

/// Ends of the process: our own, and those that a plugin causes, which leave one line that names it.
enum Ending {
    /// Our own end, when everything is saved and told.
    static func exit(_ status: Int32) -> Never { ProcessEnd.exit(status) }

    /// Before the first plugin is loaded: from here on a fatal signal or an exit in a plugin is told.
    static func watchPlugins() throws(EosError) {
        try Descriptors.prepareForTraining()
        ending_watch()
    }

    /// From here on there is a run to go on with.
    static func advise(toResume directory: String) {
        ending_set_advice("; continue from the last checkpoint with: eos train --resume \(directory)")
    }

    /// "evaluate of the plugin FILE", on any thread; nil: no plugin is at work.
    static var callUnderWay: String? {
        let note = calls_now()
        guard let file = note.file else { return nil }
        return "\(String(cString: calls_name(note.function))) of \(String(cString: file))"
    }
}
