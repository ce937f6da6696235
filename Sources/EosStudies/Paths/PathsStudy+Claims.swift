import EosCore
import Glibc

extension PathsStudy {
    func claims(_ findings: PathFindings) -> [Claim] {
        [
            bound(findings), signature(findings), easy(findings), tradeOff(findings), lipschitz(findings),
            accuracy(findings), attack(findings), littleNoise(findings), muchNoise(findings), simulation(findings),
        ]
    }

    private func list(_ values: [Double], _ digits: Int = 3) -> String {
        values.map { $0.significant(digits) }.joined(separator: ", ")
    }

    private func isFalling(_ values: ArraySlice<Double>) -> Bool {
        zip(values, values.dropFirst()).allSatisfy { $1 < $0 }
    }

    private func bound(_ findings: PathFindings) -> Claim {
        var (held, total) = (0, 0)
        var gaps: [Double] = []
        var bounds: [Double] = []
        for count in Self.counts(findings.scale) {
            let columns = ["fixed_training", "fixed_test", "complexity", "confidence"].map {
                findings.generalisation(count, $0)
            }
            for i in columns[0].indices {
                total += 1
                if columns[1][i] <= columns[0][i] + columns[2][i] + columns[3][i] { held += 1 }
            }
            if count == Self.counts(findings.scale).last {
                gaps = zip(columns[1], columns[0]).map { $0 - $1 }
                bounds = zip(columns[2], columns[3]).map { $0 + $1 }
            }
        }
        let last = Self.counts(findings.scale).last!
        return Claim(
            "A generalisation bound holds with high probability (our form of it: W, A fixed, beta = 0, with 95 %)",
            from: .paper,
            measured:
                "the test loss stays below it in \(held) of \(total) trainings of the read-out; at n = \(last) it "
                + "allows a gap of \(PathFindings.mean(bounds).significant()), measured "
                + "\(PathFindings.mean(gaps).significant(2))",
            agrees: total > 0 ? Double(held) >= 0.95 * Double(total) : nil)
    }

    private func signature(_ findings: PathFindings) -> Claim {
        var parts: [String] = []
        var isAll = true
        for task in PathTask.all {
            let errors = findings.signature(task, "signature_error", sigma: 0.1)
            let accuracies = findings.signature(task, "signature_accuracy", sigma: 0.1)
            guard let order = errors.firstIndex(where: { $0 < 0.01 }), let last = accuracies.last else {
                isAll = false
                continue
            }
            let difference = abs(accuracies[order] - last)
            isAll = isAll && (errors.last ?? 1) < 1e-6 && difference < 0.01
            parts.append("\(task.title) \(order)")
        }
        return Claim(
            "The network keeps a partial signature of the path as the only information that it uses", from: .paper,
            measured: "the mean of Y_T follows from S_0 ... S_k, to 1 % at k = " + parts.joined(separator: ", ")
                + ", where the accuracy is the full one within 0.01 (sigma 0.1)",
            agrees: isAll)
    }

    private func easy(_ findings: PathFindings) -> Claim {
        var (lost, total) = (0, 0)
        for task in PathTask.all {
            for sigma in Self.sigmas {
                total += findings.all(task, .long, sigma, "loss").count
                lost += findings.lost(task, .long, sigma)
            }
        }
        let better = total - lost
        return Claim(
            "Such networks are easy to train", from: .paper,
            measured: "\(better) of \(total) trainings end at least a tenth below the loss of the nearest class mean "
                + "that they begin with",
            agrees: total > 0 ? Double(better) > 0.9 * Double(total) : nil)
    }

    private func tradeOff(_ findings: PathFindings) -> Claim {
        var agreeing: [String] = []
        for task in PathTask.all {
            let (accuracy, lipschitz) = (findings.curve(task, "accuracy"), findings.curve(task, "lipschitz"))
            if accuracy.last! < accuracy.first!, lipschitz.last! < lipschitz.first! { agreeing.append(task.title) }
        }
        return Claim(
            "Accuracy and robustness are traded for each other", from: .paper,
            measured: "from sigma 0.01 to 1 both the expected accuracy and the Lipschitz constant fall on "
                + (agreeing.isEmpty ? "no data set" : agreeing.joined(separator: ", ")),
            agrees: agreeing.count == PathTask.all.count)
    }

    private func lipschitz(_ findings: PathFindings) -> Claim {
        let values = findings.curve(.synthetic, "lipschitz")
        return Claim(
            "Synthetic paths: the Lipschitz constant falls as sigma grows", from: .ours,
            measured: "\(list(values)) for sigma \(list(Self.sigmas))", agrees: isFalling(values[...]))
    }

    private func accuracy(_ findings: PathFindings) -> Claim {
        let values = findings.curve(.synthetic, "accuracy")
        return Claim(
            "Synthetic paths: the expected accuracy on test paths falls for sigma >= 0.03", from: .ours,
            measured: list(values), agrees: isFalling(values.dropFirst()))
    }

    private func attack(_ findings: PathFindings) -> Claim {
        let drops = zip(findings.curve(.synthetic, "accuracy"), findings.curve(.synthetic, "attacked")).map { $0 - $1 }
        return Claim(
            "Synthetic paths: what an attack of L2 norm 0.3 costs falls for sigma >= 0.1", from: .ours,
            measured: list(drops), agrees: isFalling(drops.dropFirst(2)))
    }

    private func littleNoise(_ findings: PathFindings) -> Claim {
        let gains = Length.allCases.map { length in
            findings.cross(.synthetic, trained: 0.03, tested: 0.01, length: length)
                - findings.cross(.synthetic, trained: 0.3, tested: 0.01, length: length)
        }
        return Claim(
            "Synthetic paths: networks trained at sigma 0.03 beat those trained at 0.3 when tested with little noise",
            from: .ours,
            measured: "by \(gains[0].significant(2)) at 0.01 after long training, by \(gains[1].significant(2)) after "
                + "short training",
            agrees: gains[0] > 0)
    }

    private func muchNoise(_ findings: PathFindings) -> Claim {
        let losses = Length.allCases.map { length in
            findings.cross(.synthetic, trained: 0.3, tested: 0.3, length: length)
                - findings.cross(.synthetic, trained: 0.03, tested: 0.3, length: length)
        }
        // Trained to the end, as for the other statements.
        return Claim(
            "Synthetic paths: and lose to them by about 0.13 when tested at 0.3", from: .ours,
            measured: "by \(losses[0].significant(2)) after long training, by \(losses[1].significant(2)) after short "
                + "training",
            agrees: abs(losses[0] - 0.13) < 0.03)
    }

    private func simulation(_ findings: PathFindings) -> Claim {
        var (binary, several) = (0.0, 0.0)
        let draws = findings.scale.pick(quick: 20_000.0, full: 200_000.0)
        for task in PathTask.all {
            for sigma in Self.sigmas {
                guard let numbers = findings.results.numbers(Self.key(task, .long, sigma, 1)),
                    let expected = numbers["accuracy"]?.first, let simulated = numbers["simulated"]?.first
                else { continue }
                let difference = abs(simulated - expected)
                if task.name == "synthetic" {
                    binary = max(binary, difference / max((expected * (1 - expected) / draws).squareRoot(), 1e-4))
                } else {
                    several = max(several, difference)
                }
            }
        }
        return Claim(
            "Simulated noise gives the expected accuracies", from: .ours,
            measured:
                "\(Int(draws)) simulated paths a network differ by at most \(binary.significant(2)) standard errors where the "
                + "expectation has a closed form, by \(several.significant(2)) for more than two classes, where it is the "
                + "mean of 2000 draws (a standard error of about 0.01)",
            agrees: binary < 5 && several < 0.05)
    }
}
