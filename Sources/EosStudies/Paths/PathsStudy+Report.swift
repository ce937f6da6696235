import EosCore

extension PathsStudy {
    func report(_ results: Results, _ scale: Scale) throws(EosError) -> StudyReport {
        let findings = PathFindings(study: self, results: results, scale: scale)
        let claims = claims(findings)
        let decided = claims.filter { $0.agrees != nil }
        return StudyReport(
            summary:
                "\(decided.count { $0.agrees == true }) of \(decided.count) statements agree with what was measured.",
            claims: claims, tables: [tradeOffTable(findings), crossTable(findings), boundTable(findings)],
            figures: [
                tradeOffFigure(findings), lipschitzFigure(findings), crossFigure(findings),
                generalisationFigure(findings), signatureFigure(findings),
            ],
            differences: [
                "The paper's constants and data sets are not known to us: data, objective in Euler steps, constraints "
                    + "(|W| <= 6, |A| = |v| = 1) and the bound's constants are ours.",
                "More than two classes: one read-out each, trained on the mean over the other classes of the expected "
                    + "0-1 loss of the difference.",
                "Long training is by Grippo's nonmonotone search, short training 300 iterations of the monotone LS.",
            ],
            limits: [
                "Real data sets have one training and one test part: their seeds differ in the starting point only.",
                "Accuracies under attack are bounds from below for more than two classes.",
            ])
    }

    private func tradeOffTable(_ findings: PathFindings) -> Table {
        var table = Table(
            "trade-off",
            title: "Accuracy and robustness (medians over seeds; lost: ended on the plateau where it began)",
            columns: [
                "data", "sigma", "seeds", "lost", "loss", "expected accuracy", "without noise", "under attack 0.3",
                "Lipschitz",
                "bound",
            ].map { Table.Column($0) })
        for task in PathTask.all {
            for sigma in Self.sigmas {
                func median(_ name: String) -> Double { findings.median(task, sigma, name) }
                table.append([
                    .text(task.title), .number(sigma), .integer(findings.all(task, .long, sigma, "loss").count),
                    .integer(findings.lost(task, .long, sigma)), .number(median("loss")),
                    .fixed(median("accuracy"), decimals: 3),
                    .fixed(median("noise_free"), decimals: 3), .fixed(median("attacked"), decimals: 3),
                    .number(median("lipschitz")), .number(median("bound")),
                ])
            }
        }
        return table
    }

    private func crossTable(_ findings: PathFindings) -> Table {
        var table = Table(
            "cross-noise", title: "Noise when tested against noise when trained (medians over seeds)",
            columns: [Table.Column("data"), Table.Column("training"), Table.Column("trained at sigma")]
                + Self.sigmas.map { Table.Column("tested at \($0.significant())") }, isInReport: false)
        for (task, length) in rows {
            for trained in Self.sigmas {
                table.append(
                    [.text(task.title), .text(length.rawValue), .number(trained)]
                        + Self.sigmas.map {
                            .fixed(findings.cross(task, trained: trained, tested: $0, length: length), decimals: 3)
                        })
            }
        }
        return table
    }

    private var rows: [(PathTask, Length)] { [(.synthetic, .short)] + PathTask.all.map { ($0, .long) } }

    private func boundTable(_ findings: PathFindings) -> Table {
        var table = Table(
            "generalisation", title: "Generalisation against n, synthetic paths, sigma 0.3",
            columns: [
                "n", "gap, read-out trained", "largest gap", "bound", "its complexity", "gap, all trained",
            ].map { Table.Column($0) })
        for count in Self.counts(findings.scale) {
            let fixed = gaps(findings, count, "fixed")
            let complexity = PathFindings.mean(findings.generalisation(count, "complexity"))
            let confidence = PathFindings.mean(findings.generalisation(count, "confidence"))
            table.append([
                .integer(count), .number(PathFindings.mean(fixed)), .number(fixed.max() ?? .nan),
                .number(complexity + confidence), .number(complexity),
                .number(PathFindings.mean(gaps(findings, count, "trained"))),
            ])
        }
        return table
    }

    /// Test loss minus training loss, seed by seed.
    func gaps(_ findings: PathFindings, _ count: Int, _ kind: String) -> [Double] {
        zip(findings.generalisation(count, "\(kind)_test"), findings.generalisation(count, "\(kind)_training"))
            .map { $0 - $1 }
    }
}
