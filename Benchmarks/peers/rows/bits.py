"""The same bits with any number of threads, and after a resume."""
from problem import tanh_network
from side import Broken


def run(report, sides, quick):
    eos = sides.eos()
    iterations = 30 if quick else 1000
    samples = 500 if quick else 1000
    rows = []
    for dtype in ("f32", "f64"):
        problem = tanh_network(dtype, samples)
        names = {threads: problem.on_eos(eos, threads) for threads in (1, 2)}
        for policy in ("constant,step=0.05", "nls", "lbfgs"):
            answers = {
                "1 thread": eos.say("bits", names[1], policy, iterations, "whole"),
                "2 threads": eos.say("bits", names[2], policy, iterations, "whole"),
                "saved half-way and resumed, 2 threads": eos.say("bits", names[2], policy, iterations, "resumed"),
            }
            identical = len(set(answers.values())) == 1
            rows.append([f"{dtype}, {policy.split(',')[0]}", f"{iterations}", ", ".join(answers),
                         "identical", "yes" if identical else "**no**"])
            if not identical:
                raise Broken(f"{dtype}, {policy}: {answers}")
            if not answers["1 thread"].endswith(f" {iterations}"):
                raise Broken(f"{dtype}, {policy} ended early: {answers['1 thread']}")
        for name in names.values():
            eos.say("forget", name)
    report.table(
        "8. Bits of point, best point, gradient and loss", rows, ["", "iterations", "compared", "bar", "met"],
        notes=f"3072-200-200-10, tanh, {samples} samples.")
