"""Evaluations a second of a function that costs nothing, Rosenbrock's, by a callback in C through libeos."""
import statistics

import places
from ratio import quartiles, verdict
from side import Broken, Side

TITLES = ["", "million evaluations a second", "quartiles", "evaluations of a minimisation", "value", "bar", "met"]
METHODS = {
    "constant": ("eos, constant step (evaluations are steps)", 2e7),
    "nls": ("eos, NLS", 5e6),
    "eos-lbfgs": ("eos, L-BFGS", None),
    "lbfgs": ("liblbfgs", None),
    "nlopt": ("NLopt, LD_LBFGS", None),
}


def run(report, sides, quick):
    side = Side("minimisers", [places.OUT / "minimisers"])
    answers = {method: [] for method in METHODS}
    for number in range(7 if quick else 25):
        for method in METHODS if number % 2 else reversed(METHODS):
            answers[method].append(side.ask(method))
    side.close()
    rows = []
    for method, (title, bar) in METHODS.items():
        rates, each, values = zip(*answers[method])
        if not values[0] < 1e-2:  # of 24 at the start
            raise Broken(f"{title} reached {values[0]} only")
        low, high = (rate / 1e6 for rate in quartiles(rates))
        median = statistics.median(rates)
        shown, met = verdict(median / 1e6, bar and bar / 1e6, at_least=True)
        rows.append([title, f"{median / 1e6:.2f}", f"{low:.2f} to {high:.2f}", f"{each[0]:.0f}", f"{values[0]:.0e}",
                     shown, met])
    report.table("4. Rosenbrock's function of two parameters, callback in C", rows, TITLES,
                 notes="Seconds of a processor; the value at the start is 24.2.")
