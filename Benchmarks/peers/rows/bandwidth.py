"""Vectors in f64 beside STREAM's triad."""
from ratio import Ratio, measure_in_turn

COUNT = 20_000_000


def run(report, sides, quick):
    eos = sides.eos()
    eos.say("vectors", COUNT)
    rounds = 7 if quick else 25
    rows = [
        Ratio(f"{kind}, f64, n = {COUNT:.0e}",
              measure_in_turn(rounds, lambda _: eos.one("bandwidth", kind), lambda _: eos.one("bandwidth", "triad")),
              0.9, at_least=True, unit=lambda rate: f"{rate / 1e9:.1f} GB/s")
        for kind in ("axpy", "dot")]
    report.table("6. Bandwidth of vectors / STREAM triad in C", rows, notes="One thread; bytes counted as STREAM does.")
