extension PathsStudy {
    private var sigmaAxis: Axis { Axis("sigma", log: true, from: 0.008, to: 1.25) }

    func tradeOffFigure(_ findings: PathFindings) -> Figure {
        let quantities = [
            ("noise_free", "without noise"), ("accuracy", "expected, noise as trained"),
            ("attacked", "worst input of L2 norm 0.3"),
        ]
        let panels = PathTask.all.map { task in
            Panel(
                task.title, x: sigmaAxis, y: Axis("accuracy on test paths", from: 0, to: 1),
                quantities.enumerated().map { style, quantity in
                    let points = Self.sigmas.map { sigma in
                        let values = findings.all(task, .long, sigma, quantity.0)
                        return Series.Point(
                            sigma, values.median, low: values.count > 1 ? values.min() : nil,
                            high: values.count > 1 ? values.max() : nil)
                    }
                    return Series(quantity.1, points, style: style, .linesAndPoints)
                })
        }
        return Figure(
            "trade-off",
            caption:
                "Accuracy of trained networks against the noise that they were trained with: medians; bars reach from the "
                + "smallest to the largest over seeds. Attacks on more than two classes: a bound from below.",
            panels: panels, columns: 2)
    }

    func lipschitzFigure(_ findings: PathFindings) -> Figure {
        let series = PathTask.all.map { task in
            Series(
                task.title, x: Self.sigmas, y: findings.curve(task, "lipschitz"), style: task.style, .linesAndPoints)
        }
        return Figure(
            "lipschitz",
            caption: "The most that an input of L2 norm 1 moves a margin, in standard deviations of its noise.",
            panels: [Panel("", x: sigmaAxis, y: Axis("Lipschitz constant", log: true), series)])
    }

    func crossFigure(_ findings: PathFindings) -> Figure {
        let names = Self.sigmas.map { $0.significant() }
        func panel(_ task: PathTask, _ length: Length, _ title: String) -> Panel {
            Panel(
                title,
                matrix: Matrix(
                    x: "sigma when tested", columns: names, y: "sigma when trained", rows: names,
                    Self.sigmas.map { trained in
                        Self.sigmas.map { findings.cross(task, trained: trained, tested: $0, length: length) }
                    }, label: "expected accuracy"))
        }
        let panels = [
            panel(.synthetic, .long, "synthetic, long training"),
            panel(.synthetic, .short, "synthetic, short training"),
            panel(.motions, .long, PathTask.motions.title), panel(.vowels, .long, PathTask.vowels.title),
            panel(.digits, .long, PathTask.digits.title),
        ]
        return Figure(
            "cross-noise", caption: "Accuracy on test paths by noise when trained and noise when tested.",
            panels: panels, columns: 2)
    }

    func generalisationFigure(_ findings: PathFindings) -> Figure {
        let counts = Self.counts(findings.scale)
        func points(_ value: (Int) -> Double) -> [Series.Point] { counts.map { Series.Point(Double($0), value($0)) } }
        func gap(_ kind: String) -> [Series.Point] {
            points { count in PathFindings.mean(gaps(findings, count, kind).map { abs($0) }) }
        }
        let complexity = points { PathFindings.mean(findings.generalisation($0, "complexity")) }
        let total = points {
            PathFindings.mean(findings.generalisation($0, "complexity"))
                + PathFindings.mean(findings.generalisation($0, "confidence"))
        }
        return Figure(
            "generalisation",
            caption:
                "Difference of test and training loss (mean size over seeds) against the number of training paths, "
                + "beside the bound, which is about a trained read-out on a W and an A that stay as drawn.",
            panels: [
                Panel(
                    "synthetic, sigma 0.3", x: Axis("training paths n", log: true), y: Axis("loss", log: true),
                    [
                        Series("bound, 95 %", total, style: 3, .line),
                        Series("its complexity term", complexity, style: 7, .line),
                        Series("|test - training|, all parameters trained", gap("trained"), style: 1, .linesAndPoints),
                        Series("|test - training|, read-out trained", gap("fixed"), style: 0, .linesAndPoints),
                    ])
            ], panelWidth: 640, panelHeight: 400)
    }

    func signatureFigure(_ findings: PathFindings) -> Figure {
        func series(_ name: String) -> [Series] {
            PathTask.all.map { task in
                let values = findings.signature(task, name, sigma: 0.1)
                return Series(
                    task.title, values.enumerated().map { Series.Point(Double($0.offset), $0.element) },
                    style: task.style, .linesAndPoints)
            }
        }
        return Figure(
            "signature",
            caption: "What a network (sigma 0.1) knows of a path from S_0 ... S_k alone: error of the mean of Y_T, and "
                + "accuracy on test paths.",
            panels: [
                Panel(
                    "mean of Y_T", x: Axis("order k"), y: Axis("relative error of the mean", log: true),
                    series("signature_error")),
                Panel(
                    "accuracy on test paths", x: Axis("order k"), y: Axis("accuracy", from: 0, to: 1),
                    series("signature_accuracy")),
            ], columns: 2)
    }
}
