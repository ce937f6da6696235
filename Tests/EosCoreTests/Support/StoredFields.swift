import EosCore

/// What a trainer stores, as reflection shows it, so that no field can be passed over.
enum StoredFields {
    /// The fields of the trainer's state by their paths, such as "iterate.value", with their bits.
    ///
    /// Left out is what is not read: the best point where that is the iterate itself, and the vectors of a history that
    /// follow from the others. Of what lives in a phase it tells how far it has come.
    static func ofState(_ trainer: Trainer) -> [String: String] {
        var fields: [String: String] = [:]
        for child in Mirror(reflecting: state(of: trainer)).children {
            let name = child.label ?? "?"
            add(name == "phase" ? progress(of: child.value) : child.value, name, to: &fields)
        }
        if fields["bestIsCurrent"] == "true" { fields["bestPoint"] = "the iterate" }
        return fields.filter { !$0.key.hasSuffix(".direction") && !$0.key.contains("scaledGradient") }
    }

    /// The name of the phase: "trying".
    static func phase(of trainer: Trainer) -> String {
        let phase = Mirror(reflecting: state(of: trainer)).descendant("phase") ?? "?"
        return Mirror(reflecting: phase).children.first?.label ?? "\(phase)"
    }

    /// The types of the objects that the trainer holds, however deep.
    static func types(heldBy trainer: Trainer) -> Set<String> {
        var types: Set<String> = []
        var seen: Set<ObjectIdentifier> = []
        func visit(_ value: Any) {
            if Mirror(reflecting: value).displayStyle == .class {
                guard seen.insert(ObjectIdentifier(value as AnyObject)).inserted else { return }
                types.insert("\(type(of: value))")
            }
            for child in Mirror(reflecting: value).children { visit(child.value) }
        }
        visit(trainer)
        return types
    }

    private static func state(of trainer: Trainer) -> Any { Mirror(reflecting: trainer).descendant("state") ?? "none" }

    private static func progress(of phase: Any) -> Any {
        guard let companion = Mirror(reflecting: phase).children.first else { return "\(phase)" }
        let inside = Mirror(reflecting: companion.value)
        var text = companion.label ?? "?"
        for name in ["isSampling", "isScaled"] { text += " \(inside.descendant(name) ?? "-")" }
        if let process = inside.descendant("eigenvalues") as? LeadingEigenvalues {
            text += " \(process.products) \(process.pairs)"
        }
        if let product = inside.descendant("product") { text += " \(Mirror(reflecting: product).children.count)" }
        return text
    }

    private static func add(_ value: Any, _ path: String, to fields: inout [String: String]) {
        switch value {
        case let vector as Vector: fields[path] = "\(Array(vector.bytes))"
        case let number as Double: fields[path] = "\(number.bitPattern)"
        case is HostSpace: return
        default:
            let children = Mirror(reflecting: value).children
            if children.isEmpty { fields[path] = "\(value)" }
            for (i, child) in children.enumerated() {
                add(child.value, "\(path).\(child.label ?? "\(i)")", to: &fields)
            }
        }
    }
}
