import CEos
import EosCore
import EosJSON
import EosPluginHost

/// In what the plugins of a run that goes on differ from those that it was trained with.
struct PluginChange: Equatable {
    /// Of the fact: "objective.digest".
    let name: String
    let old: String
    let new: String

    /// Which objective and policy, of which plugin and version, from which content. Where the files lie does not matter.
    private static let names = [Offer.Kind.objective, .policy].flatMap { kind in
        [kind.name] + ["plugin", "digest", "libraries"].map { "\(kind.name).\($0)" }
    }

    var isOfObjective: Bool { name.hasPrefix(Offer.Kind.objective.name) }

    /// Of the facts that both know.
    static func all(from old: [String: String], to facts: [(name: String, value: String)]) -> [PluginChange] {
        let new = Dictionary(facts.map { ($0.name, $0.value) }) { $1 }
        return names.compactMap { name in
            guard let before = old[name], let after = new[name], before != after else { return nil }
            return PluginChange(name: name, old: before, new: after)
        }
    }

    static func text(_ changes: [PluginChange]) -> String {
        changes.map { "\($0.name) was \(quoted($0.old)) and is \(quoted($0.new))" }.joined(separator: ", ")
    }

    /// The data of the event that the run goes on with other plugins.
    static func json(_ changes: [PluginChange], iteration: Int) -> JSONText {
        [
            "iteration": .integer(iteration),
            "changes": .array(
                changes.map { ["name": .string($0.name), "old": .string($0.old), "new": .string($0.new)] }),
        ]
    }

    /// nil where nothing has changed.
    static func refusal(_ changes: [PluginChange], of directory: RunDirectory) -> EosError? {
        guard !changes.isEmpty else { return nil }
        return EosError(
            EOS_E_STATE,
            "\(directory.path): the installed plugins differ from those of the run: \(text(changes)); restore them, "
                + "or use the installed ones with: eos train --resume \(directory.path) --force-plugin")
    }
}

extension Workbench {
    /// Holds the objective of a run that has no plugins of its own against what was recorded of the one that it was
    /// trained with.
    ///
    /// - Parameter warn: hears where that can't be done because the run has no records.
    /// - Throws: `EOS_E_STATE` where it is another.
    public func checkObjective(
        of spec: RunSpec, in directory: RunDirectory, warn: (String) -> Void
    ) throws(EosError) {
        // Its own plugins are held against their digests when they are loaded.
        guard snapshot == nil else { return }
        let recorded: [String: String]
        do throws(EosError) { recorded = try RunDatabase.open(directory, readOnly: true).facts() } catch {
            warn("the plugin could not be compared with that of the run: \(error)")
            return
        }
        let changes = PluginChange.all(from: recorded, to: facts(for: spec)).filter { $0.isOfObjective }
        if let refusal = PluginChange.refusal(changes, of: directory) { throw refusal }
    }
}
