"""A step of gradient descent over all samples: value, gradient and update."""
from problem import tanh_network
from ratio import Ratio, measure_in_turn
from side import Broken

STEP = 0.05
DESCENT = f"constant,step={STEP}"
BARS = {"f32": 0.85, "f64": 1.0}


def run(report, sides, quick):
    beside_torch, beside_compiled, beside_jax = [], [], []
    eos = sides.eos()
    for dtype, threads in [("f32", 1), ("f32", 2), ("f64", 1), ("f64", 2)]:
        problem = tanh_network(dtype, 5000)
        value = problem.share(eos)
        torch = sides.torch(threads)
        problem.on_other(torch)
        beside_torch.append(compare(eos, torch, problem, value, threads, quick, BARS[dtype], STEP))
        if not quick:  # compiling takes longer than all of that
            try:
                problem.on_other(torch, "compiled")
                beside_compiled.append(compare(eos, torch, problem, value, threads, quick, None, STEP))
            except Broken as error:
                report.say(f"\ntorch.compile does not work here: {str(error)[:300]}")
        jax = sides.jax(threads)
        if jax and not (quick and dtype == "f64"):
            problem.on_other(jax, STEP)
            beside_jax.append(compare(eos, jax, problem, value, threads, quick, None))
    notes = "3072-200-200-10, tanh, mean squared error, 5000 samples; value, gradient and update."
    report.table("1. Step of gradient descent / torch eager, torch.optim.SGD", beside_torch, notes=notes)
    if beside_compiled:
        report.table("The same / torch with torch.compile", beside_compiled)
    if beside_jax:
        report.table("The same / jax.jit of the whole step, optax.sgd", beside_jax)


def compare(eos, other, problem, value, threads, quick, bar, *words):
    """The words are what the other side takes besides the iterations."""
    agreement = problem.compare(other, value)
    name = problem.on_eos(eos, threads)
    iterations = 2 if problem.dtype == "f32" and quick else 1 if quick else 4
    pairs = measure_in_turn(
        21 if not quick else 3 if bar is None else 7,
        lambda _: eos.one("advance", name, DESCENT, iterations) / iterations,
        lambda _: other.one("advance", problem.name, *words, iterations) / iterations)
    agreement += f", loss after {after(eos, other, name, problem)}"
    eos.say("forget", name)
    other.say("forget", problem.name)
    return Ratio(f"{problem.dtype}, {threads} thread{'s' * (threads > 1)}", pairs, bar, agreement=agreement)


def after(eos, other, name, problem):
    """How far the losses are apart once both have made the same steps."""
    iteration, mine, _ = eos.ask("progress", name, DESCENT)
    steps, theirs = other.ask("progress", problem.name)
    assert iteration == steps, f"eos made {iteration} steps, {other.name} {steps}"
    return f"{steps:.0f} steps {abs(mine - theirs) / abs(mine):.0e}"
