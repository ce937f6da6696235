import EosCore

extension RunSpec {
    /// The spec as TOML, complete: reading it gives an equal spec.
    public var text: String {
        var text = "name = \(Value.string(name))\n"
        var head = Configuration()
        head["plugin"] = .string(plugin)
        head["seed"] = .integer(Int64(bitPattern: seed))
        text += Self.table("objective", head, objective)
        head = Configuration()
        head["name"] = .string(policyName)
        text += Self.table("policy", head, policy)
        text += Self.table("stop", stop)
        var sharpness = Configuration()
        sharpness["every"] = .integer(Int64(probes.sharpnessEvery))
        sharpness["count"] = .integer(Int64(probes.sharpnessCount))
        sharpness["tolerance"] = .number(probes.sharpnessTolerance)
        text += Self.table("probes.sharpness", sharpness)
        var metrics = Configuration()
        metrics["every"] = .integer(Int64(probes.metricsEvery))
        text += Self.table("probes.metrics", metrics)
        var telemetry = Configuration()
        telemetry["every"] = .integer(Int64(self.telemetry.every))
        text += Self.table("telemetry", telemetry)
        var checkpoint = Configuration()
        checkpoint["every_seconds"] = .number(self.checkpoint.everySeconds)
        checkpoint["keep"] = .integer(Int64(self.checkpoint.keep))
        text += Self.table("checkpoint", checkpoint)
        var limits = Configuration()
        limits["memory"] = .integer(Int64(self.limits.memory))
        limits["seconds"] = .number(self.limits.seconds)
        limits["processor_seconds"] = .number(self.limits.processorSeconds)
        limits["evaluation_seconds"] = .number(self.limits.evaluationSeconds)
        limits["on_stall"] = .string(self.limits.endsStalled ? "end" : "mark")
        text += Self.table("limits", limits)
        var restart = Configuration()
        restart["limit"] = .integer(Int64(self.restart.limit))
        restart["delay"] = .number(self.restart.delay)
        text += Self.table("restart", restart)
        var compute = Configuration()
        compute["threads"] = .integer(Int64(self.compute.threads))
        compute["ranks"] = .integer(Int64(self.compute.ranks))
        return text + Self.table("compute", compute)
    }

    /// One table with its own keys, then the tables inside it.
    private static func table(_ name: String, _ parts: Configuration...) -> String {
        var text = "\n[\(name)]\n"
        var inner: [String] = []
        for part in parts {
            for key in part.keys {
                guard let dot = key.firstIndex(of: ".") else {
                    text += "\(key) = \(written(part[key]!))\n"
                    continue
                }
                if !inner.contains(String(key[..<dot])) { inner.append(String(key[..<dot])) }
            }
        }
        for table in inner {
            text += parts.filter { part in part.keys.contains { $0.hasPrefix(table + ".") } }
                .map { Self.table("\(name).\(table)", $0.table(table)) }.joined()
        }
        return text
    }

    /// A missing number is what "auto" reads as.
    private static func written(_ value: Value) -> String {
        if case .number(let number) = value, number.isNaN { return "\"auto\"" }
        return value.description
    }
}
