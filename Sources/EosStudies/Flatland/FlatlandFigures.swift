/// The figures of the report.
struct FlatlandFigures {
    let study: FlatlandStudy
    let results: FlatlandResults
    let scale: Scale

    var all: [Figure] { [dataSets, accuracy, rescue] + (scale == .full ? [scales] : []) }

    /// Loss, step*sharpness and sharpness on each data set: a column a data set.
    private var dataSets: Figure {
        let problems = study.dataSets(scale)
        var panels: [Panel] = problems.map { problem in
            Panel(
                problem.title, x: iterations(problem), y: Axis("training loss (MSE)", log: true),
                curves(problem) { run in (run.losses, run.losses.indices.map(Double.init)) })
        }
        panels += problems.map { problem in
            Panel(
                "", x: iterations(problem), y: Axis("step × sharpness", log: true, from: 0.1, to: 20),
                curves(problem) { run in
                    (run.stepSharpness.map(\.value), run.stepSharpness.map { Double($0.iteration) })
                }, lines: [ReferenceLine(at: 2, "2")])
        }
        panels += problems.map { problem in
            Panel(
                "", x: iterations(problem), y: Axis("sharpness ÷ (2/K)", log: true, from: 0.8),
                curves(problem) { run in
                    (run.sharpness.map { $0.value / problem.bound }, run.sharpness.map { Double($0.iteration) })
                }, lines: [ReferenceLine(at: 1, "1")])
        }
        return Figure(
            "data-sets",
            caption:
                "Training loss, step × sharpness (the edge of stability is 2) and sharpness over its lower bound 2/K "
                + "(1 is Flatland), seed 1. Running medians over a fortieth of the iterations; what is beyond an axis is cut "
                + "off.",
            panels: panels, columns: problems.count, panelWidth: 400, panelHeight: 290)
    }

    private var accuracy: Figure {
        let problems = study.dataSets(scale)
        return Figure(
            "test-accuracy", caption: "Share of the test samples that are classified correctly, seed 1.",
            panels: problems.map { problem in
                Panel(
                    problem.title, x: iterations(problem), y: Axis("test accuracy", from: 0, to: 1),
                    results.methods(problem).compactMap { method in
                        guard let run = results.run(problem, method, 1) else { return nil }
                        let measured = run.measurements("test_accuracy")
                        return Series(
                            method.title(in: problems, results), x: measured.map { Double($0.iteration) },
                            y: measured.map(\.value), style: method.style)
                    })
            }, columns: problems.count, panelWidth: 400, panelHeight: 300)
    }

    /// NLS beside NLS-ub on G-2.5, a curve a seed.
    private var rescue: Figure {
        let problem = FlatlandProblem.g(2.5, scale)
        func series(_ value: (RunResult) -> ([Double], [Double])) -> [Series] {
            [FlatlandMethod.nls, .capped].flatMap { method in
                results.runs(problem, method).map { run in
                    let (values, places) = value(run)
                    return Series(
                        method.title, medians: values, at: places, window: window(values.count), style: method.style)
                }
            }
        }
        func window(_ count: Int) -> Int { max(count / 40, 1) }
        return Figure(
            "rescue",
            caption: "Problem G-2.5, a curve a seed: NLS goes to Flatland and stays at the loss of guessing, "
                + "(1/K)(1 - 1/K) = 0.09; NLS-ub, whose step is below K, learns. Running medians; a curve that ends early "
                + "has come to a gradient of zero.",
            panels: [
                Panel(
                    "", x: iterations(problem), y: Axis("training loss (MSE)", log: true),
                    series { ($0.losses, $0.losses.indices.map(Double.init)) }, lines: [ReferenceLine(at: 0.09, "0.09")]
                ),
                Panel(
                    "", x: iterations(problem), y: Axis("sharpness ÷ (2/K)", log: true, from: 0.8, to: 10),
                    series { run in
                        (run.sharpness.map { $0.value / problem.bound }, run.sharpness.map { Double($0.iteration) })
                    }, lines: [ReferenceLine(at: 1, "1")]),
                Panel(
                    "", x: iterations(problem), y: Axis("training accuracy", from: 0, to: 1.05),
                    series { run in
                        let measured = run.measurements("train_accuracy")
                        return (measured.map(\.value), measured.map { Double($0.iteration) })
                    }, lines: [ReferenceLine(at: 0.1, "1/K")]),
            ], columns: 3, panelWidth: 400, panelHeight: 300)
    }

    /// From which scale of the start on NLS is lost, and NLS-ub, too.
    private var scales: Figure {
        let problems = study.scaled(scale)
        func series(_ value: @escaping (FlatlandProblem, RunResult) -> Double) -> [Series] {
            [FlatlandMethod.nls, .capped].map { method in
                let points = problems.compactMap { problem -> Series.Point? in
                    let values = results.runs(problem, method).map { value(problem, $0) }.filter(\.isFinite)
                    guard let low = values.min(), let high = values.max() else { return nil }
                    // Side by side, so that no bar hides another.
                    let place = problem.factor + (method == .nls ? -0.025 : 0.025)
                    return Series.Point(place, values.median, low: low, high: high)
                }
                return Series(method.title, points, style: method.style, .linesAndPoints)
            }
        }
        let x = Axis("factor s of the initial parameters", from: 0.8, to: 4.2)
        return Figure(
            "scales",
            caption:
                "Problems G-s after 1500 iterations, medians of the last ten probes: medians over seeds, bars from the smallest to the largest.",
            panels: [
                Panel(
                    "", x: x, y: Axis("training accuracy", from: 0, to: 1.05),
                    series { $1.settled("train_accuracy") }, lines: [ReferenceLine(at: 0.1, "1/K")]),
                Panel(
                    "", x: x, y: Axis("sharpness ÷ (2/K)", log: true, from: 0.8), series { $1.endSharpness($0) },
                    lines: [ReferenceLine(at: 1, "1")]),
            ], columns: 2, panelWidth: 460, panelHeight: 320)
    }

    private func iterations(_ problem: FlatlandProblem) -> Axis {
        Axis("iteration", from: 0, to: Double(problem.iterations))
    }

    private func curves(
        _ problem: FlatlandProblem, _ value: (RunResult) -> (values: [Double], places: [Double])
    ) -> [Series] {
        let problems = study.dataSets(scale)
        return results.methods(problem).compactMap { method in
            guard let run = results.run(problem, method, 1) else { return nil }
            let (values, places) = value(run)
            let window = max(values.count / 40, 1)
            return Series(
                method.title(in: problems, results), medians: values, at: places, window: window, style: method.style)
        }
    }
}

extension FlatlandMethod {
    /// In the legend of several problems: the best constant step may differ from one to the next.
    fileprivate func title(in problems: [FlatlandProblem], _ results: FlatlandResults) -> String {
        guard key.hasPrefix("constant") else { return title }
        let best = problems.compactMap { results.bestConstant($0) }
        return best.allSatisfy { $0 == self } ? title : "best constant"
    }
}
