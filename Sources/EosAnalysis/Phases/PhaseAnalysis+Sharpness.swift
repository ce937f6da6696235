extension PhaseAnalysis {
    /// The phases that the sharpness tells, one after the other from its first measurement to the end.
    static func bySharpness(
        _ trajectory: Trajectory, _ bound: Double?, _ thresholds: Thresholds, until last: Int
    ) -> [Phase] {
        let measured = trajectory.sharpness.filter { $0.value.isFinite && $0.iteration <= last }
        guard measured.count > 1 else { return [] }
        let sharpness = smoothed(measured.map(\.value))
        let steps = typicalSteps(trajectory, measured)
        var kinds: [Phase.Kind] = measured.indices.map { index in
            if let bound, measured[index].value <= thresholds.flatland * bound { return .flatland }
            return sharpness[index] * steps[index] >= thresholds.edge ? .edgeOfStability : .stableDescent
        }
        absorbSingles(&kinds)
        markSharpening(&kinds, sharpness, thresholds)
        var phases: [Phase] = []
        for (index, kind) in kinds.enumerated() where index == 0 || kind != kinds[index - 1] {
            let next = kinds[index...].firstIndex { $0 != kind }
            phases.append(
                Phase(kind, begin: measured[index].iteration, end: next.map { measured[$0].iteration } ?? last))
        }
        return phases
    }

    /// Medians of three: one measurement on the way through a spike of the loss is no phase.
    private static func smoothed(_ values: [Double]) -> [Double] {
        values.indices.map { index in
            guard index > 0, index < values.count - 1 else { return values[index] }
            return median(Array(values[index - 1...index + 1]))
        }
    }

    /// The median step from one measurement to the next: the steps of a search change from one iteration to the next.
    private static func typicalSteps(
        _ trajectory: Trajectory, _ measured: [Trajectory.Measurement]
    ) -> [Double] {
        measured.indices.map { index in
            let begin = min(measured[index].iteration, trajectory.iterations - 1)
            let end = index + 1 < measured.count ? measured[index + 1].iteration : trajectory.iterations
            guard begin >= 0 else { return .nan }
            return median(Array(trajectory.step[begin..<max(begin + 1, min(end, trajectory.iterations))]))
        }
    }

    /// One measurement between two of another kind is of that kind.
    private static func absorbSingles(_ kinds: inout [Phase.Kind]) {
        for index in kinds.indices.dropFirst().dropLast()
        where kinds[index] != kinds[index - 1] && kinds[index - 1] == kinds[index + 1] {
            kinds[index] = kinds[index - 1]
        }
    }

    /// Below the edge: from each low of the sharpness to the high that follows, or to the edge.
    private static func markSharpening(
        _ kinds: inout [Phase.Kind], _ sharpness: [Double], _ thresholds: Thresholds
    ) {
        var begin = 0
        while let start = kinds[begin...].firstIndex(of: .stableDescent) {
            let end = kinds[start...].firstIndex { $0 != .stableDescent } ?? kinds.count
            // The measurement that follows belongs to the rise that led to it.
            let values = Array(sharpness[start..<min(end + 1, sharpness.count)])
            let turns = TurningPoints(values, factor: thresholds.sharpening).turns
            for (low, high) in zip(turns, turns.dropFirst()) where high.isHigh {
                for index in low.index..<high.index where start + index < end {
                    kinds[start + index] = .progressiveSharpening
                }
            }
            begin = end
        }
    }
}
