"""What a search, one more trial and a product with the Hessian cost beside eos's own step and forward pass."""
from problem import tanh_network
from ratio import Ratio, measure_in_turn

DESCENT = "constant,step=0.05"


def run(report, sides, quick):
    rows = []
    eos = sides.eos()
    iterations = 2 if quick else 4
    rounds = 7 if quick else 21
    for threads in (1, 2):
        problem = tanh_network("f32", 5000)
        name = problem.on_eos(eos, threads)

        def step(_, count=iterations):
            return eos.one("advance", name, DESCENT, count) / count

        def search(_):
            return eos.one("advance", name, "nls", iterations) / iterations

        def forward(_):
            return eos.one("call", name, "forward")

        def trial(_):
            return eos.one("call", name, "trial")

        def product(_):
            return eos.one("call", name, "product")

        where = f"f32, {threads} thread{'s' * (threads > 1)}"
        searched = measure_in_turn(rounds, search, step)
        iteration, _, values = eos.ask("progress", name, "nls")
        rows.append(Ratio(
            f"NLS iteration, {(values - 1) / iteration:.2f} trials each / step, {where}", searched, 1.15))
        rows.append(Ratio(
            f"one more trial / forward pass, {where}", measure_in_turn(rounds, trial, forward), 0.15))
        rows.append(Ratio(
            f"product with the Hessian / step, {where}", measure_in_turn(rounds, product, lambda n: step(n, 1)), 1.10))
        eos.say("forget", name)
    report.table("2. Searches and curvature / eos's own gradient descent", rows, notes="The same network.")
