extension Manifest {
    /// What is called and how each argument is passed, in lines for people.
    public func describeCalls() -> String {
        var lines = ["library: \(location.text)"]
        for function in setup { lines += ["", "once, before the first object:"] + function.describe() }
        for objective in objectives {
            lines +=
                ["", "objective \(objective.id), natively \(objective.native.name)"] + objective.describeGradient()
            for function in objective.functions { lines += ["the \(function.purpose.name):"] + function.describe() }
        }
        for policy in policies { lines += ["", "policy \(policy.id):"] + policy.search.describe() }
        for function in cleanup { lines += ["", "once, when the process exits:"] + function.describe() }
        return lines.joined(separator: "\n")
    }
}

extension ObjectiveManifest {
    fileprivate func describeGradient() -> [String] {
        switch gradient {
        case .withValue: ["the call for the value also gives the gradient"]
        case .function: []
        case .differences: ["each gradient comes from differences of 2 n values"]
        }
    }
}

extension ForeignFunction {
    fileprivate func describe() -> [String] {
        var lines = ["  \(signature)"]
        if result != .nothing { lines.append("    returns \(result.text)") }
        return lines + Self.describe(arguments, indent: "    ")
    }

    private static func describe(_ parts: [RolePart], indent: String) -> [String] {
        parts.flatMap { part in
            ["\(indent)\(part.name) (\(part.type)): \(part.role.explain(part.type))"]
                + describe(part.role.parts, indent: indent + "  ")
        }
    }
}
