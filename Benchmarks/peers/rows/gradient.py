"""A step of gradient descent over all samples: value, gradient and update."""
from problem import tanh_network
from ratio import Ratio, measure_in_turn

STEP = 0.05
BARS = {"f32": 0.85, "f64": 1.0}


def run(report, sides, quick):
    rows = []
    eos = sides.eos()
    for dtype, threads in [("f32", 1), ("f32", 2), ("f64", 1), ("f64", 2)]:
        torch = sides.torch(threads)
        problem = tanh_network(dtype, 5000)
        value = problem.share(eos)
        name = problem.on_eos(eos, threads)
        problem.on_torch(torch)
        agreement = problem.compare(torch, value)
        iterations = 3 if dtype == "f32" else 2
        pairs = measure_in_turn(
            9 if quick else 25,
            lambda _: eos.one("advance", name, f"constant,step={STEP}", iterations) / iterations,
            lambda _: torch.one("advance", problem.name, STEP, iterations) / iterations)
        agreement += f", loss after {after(eos, torch, name, problem)}"
        rows.append(Ratio(f"{dtype}, {threads} thread{'s' * (threads > 1)}", pairs, BARS[dtype], agreement=agreement))
        eos.say("forget", name)
        torch.say("forget", problem.name)
    report.table(
        "1. Step of gradient descent / torch eager", rows,
        notes="3072-200-200-10, tanh, mean squared error, 5000 samples; value, gradient and update.")


def after(eos, torch, name, problem):
    """How far the losses are apart once both have made the same steps."""
    iteration, mine, _ = eos.ask("progress", name, f"constant,step={STEP}")
    steps, other = torch.ask("progress", problem.name)
    assert iteration == steps, f"eos made {iteration} steps, torch {steps}"
    return f"{steps:.0f} steps {abs(mine - other) / abs(mine):.0e}"
