"""The leading eigenvalue of the Hessian, against scipy's eigsh over torch's double backward."""
import statistics

from problem import tanh_network
from ratio import Ratio
from side import Broken

STEP = 0.05
TOLERANCE = 1e-3
BARS = {"cold": 0.30, "warm": 0.18}


def run(report, sides, quick):
    rows = []
    for threads in (1, 2):
        rows += measure(sides.eos(), sides.torch(threads), threads, 1000 if quick else 5000, 3 if quick else 7)
    report.table(
        "3. Leading eigenvalue / scipy eigsh over torch", rows,
        notes=f"3072-200-200-10, tanh, {1000 if quick else 5000} samples, f32, to a residual of {TOLERANCE:g}. Warm: "
        "both sides start from the eigenvector that they found three steps of gradient descent before. The residuals "
        "are those that torch's products give.")


def measure(eos, torch, threads, samples, rounds):
    problem = tanh_network("f32", samples)
    value = problem.share(eos)
    name = problem.on_eos(eos, threads)
    problem.on_other(torch)
    problem.compare(torch, value)
    file = problem.directory / "eigenvector"
    descent = f"constant,step={STEP}"
    pairs = {"cold": [], "warm": []}
    details = {"cold": [], "warm": []}
    for number in range(rounds):
        for start in ("cold", "warm"):
            # To a new point; the first one is no starting point, where curvature is still that of the draw.
            steps = 3 if start == "warm" or number else 20
            eos.say("advance", name, descent, steps)
            torch.say("advance", problem.name, STEP, steps)

            def mine():
                return eos.ask("eigenvalue", name, descent, start, number, TOLERANCE, file)

            def other():
                return torch.ask("eigenvalue", problem.name, start, number, TOLERANCE)

            a, b = (mine(), other()) if number % 2 else tuple(reversed((other(), mine())))
            pairs[start].append((a[0], b[0]))
            apart = abs(a[1] - b[1]) / abs(b[1])
            residual = torch.one("residual", problem.name, a[1], file)
            if apart > 2 * TOLERANCE or residual > 1.1 * TOLERANCE:
                raise Broken(f"eigenvalues {a[1]} and {b[1]}, residual {residual}")
            details[start].append((apart, residual, b[2], a[3], b[3]))
    eos.say("forget", name)
    torch.say("forget", problem.name)
    rows = []
    for start in pairs:
        apart, residual, others, products, others_products = zip(*details[start])
        agreement = (f"values {max(apart):.0e}, residuals {max(residual):.0e} / {max(others):.0e}, products "
                     f"{statistics.median(products):.0f} / {statistics.median(others_products):.0f}")
        rows.append(Ratio(f"{start}, {threads} thread{'s' * (threads > 1)}", pairs[start], BARS[start],
                          agreement=agreement))
    return rows
