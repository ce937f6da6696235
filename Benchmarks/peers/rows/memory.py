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
    rows = []
    for policy in (f"constant,step={STEP}", "nls"):
        eos, torch = start_eos(), start_torch(1)
        try:
            bare = eos.one("memory"), torch.one("memory")
            name = problem.on_eos(eos, 1)
            problem.on_other(torch)
            eos.say("advance", name, policy, iterations)
            torch.say("advance", problem.name, STEP, iterations)
            full = eos.one("memory"), torch.one("memory")
        finally:
            eos.close()
            torch.close()
        own = [total - empty for total, empty in zip(full, bare)]
        title = f"eos, {policy.split(',')[0]} / torch, gradient descent"
        rows.append([f"{title}: whole process", *map(mebibytes, full), f"{full[0] / full[1]:.3f}",
                     *verdict(full[0] / full[1], BAR)])
        rows.append([f"{title}: less the bare runtime", *map(mebibytes, own), f"{own[0] / own[1]:.3f}", "", ""])
    report.table(
        "7. Peak memory", rows, ["", "eos", "torch", "ratio", "bar", "met"],
        notes="784-200-200-10, tanh, 60,000 generated samples, f32; VmHWM. Bare: eos "
        f"{mebibytes(bare[0])}, torch {mebibytes(bare[1])}.")


def mebibytes(kibibytes):
    return f"{kibibytes / 1024:.0f} MiB"
