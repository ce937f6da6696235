"""The most memory that a training takes, of processes of their own."""
from problem import Problem, clusters
from ratio import verdict
from side import start_eos, start_torch

STEP = 0.05
BAR = 0.6


def run(report, _sides, quick):
    iterations = 2 if quick else 5
    problem = Problem("memory", [784, 200, 200, 10], "tanh", "f32", clusters(60_000, 784))
    # The data are written by a process that is gone when the memory is measured.
    writer = start_eos()
    problem.share(writer)
    writer.close()
    torch = measure(start_torch(1), lambda side: (problem.on_other(side), STEP, iterations))
    rows = []
    for policy in (f"constant,step={STEP}", "nls"):
        eos = measure(start_eos(), lambda side: (problem.on_eos(side, 1), policy, iterations))
        bare, full = zip(eos, torch)
        own = [total - empty for total, empty in zip(full, bare)]
        title = f"eos, {policy.split(',')[0]} / torch, gradient descent"
        rows.append([f"{title}: whole process", *map(mebibytes, full), f"{full[0] / full[1]:.3f}",
                     *verdict(full[0] / full[1], BAR)])
        rows.append([f"{title}: less the bare runtime", *map(mebibytes, own), f"{own[0] / own[1]:.3f}", "", ""])
    report.table(
        "7. Peak memory", rows, ["", "eos", "torch", "ratio", "bar", "met"],
        notes="784-200-200-10, tanh, 60,000 generated samples, f32; VmHWM. Bare: eos "
        f"{mebibytes(bare[0])}, torch {mebibytes(bare[1])}.")


def measure(side, make):
    """Before the problem is made, and after a training whose words `make` gives."""
    try:
        bare = side.one("memory")
        side.say("advance", *make(side))
        return bare, side.one("memory")
    finally:
        side.close()


def mebibytes(kibibytes):
    return f"{kibibytes / 1024:.0f} MiB"
