"""Time until a training loss is reached: eos's policies as they come, torch with the best of twelve constant steps."""
import math
import statistics

from problem import Problem, digits, images
from ratio import quartiles, seconds

TARGET = 1e-3
POLICIES = ["nls", "nls-ub", "polyak", "cdat", "lbfgs"]
# In this order, so that a good one comes early and those that need more iterations are given up.
STEPS = [4, 8, 2, 16, 1, 0.5, 32, 0.25, 0.1, 0.05, 0.02, 0.01]
PEERS = ["torch, GD", "torch, L-BFGS (strong Wolfe)"]
TITLES = ["", "time", "quartiles", "iterations", "evaluations", "time / GD, best of 12", "time / L-BFGS", "bar", "met"]


# Iterations after which the step is chosen where waiting for the target with each would take too long.
GLANCE = 30


def run(report, sides, quick):
    count = 1000 if quick else 5000
    small = Problem("digits", [64, 100, 100, 10], "relu", "f32", digits())
    large = Problem(f"images-{count}", [3072, 100, 100, 10], "relu", "f32", images(count))
    table(report, sides.eos(), sides.torch(1), small, 1, 4 if quick else 60, 2 if quick else 5, best_step)
    # All of 5000 images are beyond what constant steps reach in minutes: to try twelve to the end would take hours.
    table(report, sides.eos(), sides.torch(2), large, 2, 12 if quick else 60, 1 if quick else 3, step_at_a_glance)


def table(report, eos, torch, problem, threads, limit, rounds, choose):
    problem.share(eos)
    name = problem.on_eos(eos, threads)
    problem.on_other(torch)
    sides = {f"eos, {policy}": [] for policy in POLICIES}
    sides.update({peer: [] for peer in PEERS})
    tried = []
    for seed in range(1, rounds + 1):
        problem.compare(torch_at(torch, problem, eos, name, seed), problem.start(eos, name, seed))
        step = choose(torch, problem, limit)
        tried.append(step)

        def descend():
            taken, iterations, value = torch.ask("descend", problem.name, step, TARGET, limit, 10**6)
            return taken, iterations, iterations + 1, value

        def minimise():
            taken, evaluations, value = torch.ask("minimise", problem.name, TARGET, limit)
            return taken, math.nan, evaluations, value

        runs = {f"eos, {policy}": lambda policy=policy: eos.ask("train", name, policy, seed, TARGET, limit)
                for policy in POLICIES}
        runs.update(zip(PEERS, (descend, minimise)))
        for side in runs if seed % 2 else reversed(runs):
            sides[side].append(runs[side]())
    eos.say("forget", name)
    torch.say("forget", problem.name)
    best = min((side for side in sides if side not in PEERS), key=lambda side: statistics.median(times(sides[side])))
    report.table(
        f"5. Time to a training loss of {TARGET:g}, {problem.name}, {threads} thread{'s' * (threads > 1)}",
        [row(side, sides, side == best) for side in sides], TITLES,
        notes=f"{'-'.join(map(str, problem.widths))}, {problem.activation}, f32, starting points: {rounds}, medians; no "
        f"setting of eos's policies is changed. The best of 12 steps of GD, {choose.__doc__}, was "
        f"{', '.join(f'{step:g}' for step in tried)}; the search is not counted. Ended after {limit} s.")


def torch_at(torch, problem, eos, name, seed):
    """Torch at the starting point of a seed."""
    problem.start(eos, name, seed)
    torch.say("restart", problem.name)
    return torch


# How the step is chosen; what they say of themselves goes into the notes.

def best_step(torch, problem, limit):
    """by iterations to the target"""
    best, fewest = None, 10**6
    for step in STEPS:
        _, iterations, value = torch.ask("descend", problem.name, step, TARGET, limit, fewest - 1)
        if value <= TARGET:
            best, fewest = step, int(iterations)
    return best or STEPS[0]


def step_at_a_glance(torch, problem, limit):
    """by the loss after a few iterations, of those that do not diverge later"""
    def loss(step, iterations):
        *_, value = torch.ask("descend", problem.name, step, TARGET, limit, iterations)
        return value if math.isfinite(value) else math.inf

    promising = sorted(STEPS, key=lambda step: loss(step, GLANCE))
    return next((step for step in promising if loss(step, 10**6) < math.inf), min(STEPS))


def times(runs):
    """Seconds to the target; infinite where it was not reached."""
    return [run[0] if run[3] <= TARGET else math.inf for run in runs]


def row(side, sides, is_best):
    """The bar is held against the best of eos's."""
    mine = sides[side]
    reached = [math.isfinite(time) for time in times(mine)]
    label = side
    if not all(reached):
        label += f" ({sum(reached)} of {len(mine)} reached it; least loss {min(run[3] for run in mine):.1e})"
    if not any(reached):
        return [label, "never"] + [""] * (len(TITLES) - 2)
    low, high = quartiles(times(mine))
    counts = [statistics.median(run[i] for run in mine) for i in (1, 2)]
    ratios = [beside(mine, sides[peer]) for peer in PEERS]
    met = "yes" if all(ratio < 1 for ratio in ratios) else "**no**"
    return [label, seconds(statistics.median(times(mine))), f"{seconds(low)} to {seconds(high)}",
            *("" if math.isnan(count) else f"{count:.0f}" for count in counts),
            *(f"{ratio:.3f}" if ratio else "it never arrived" for ratio in ratios),
            *(("both < 1", met) if is_best else ("", ""))]


def beside(mine, peer):
    """Median of the ratios, round by round, to a peer, of the rounds in which the peer arrived; 0 where there are none."""
    ratios = [time / other for time, other in zip(times(mine), times(peer)) if math.isfinite(other)]
    return statistics.median(ratios) if ratios else 0
