"""Compares eos with its peers, side by side and in turn; prints Markdown tables and writes them to a file.

`make bench` or `make bench-quick` at the root. Ends with 1 only where something is broken or results disagree: a bar
that is missed is told, and no failure.
"""
import argparse
import importlib
import sys
import time

from machine import Machine
from report import Report
from side import Broken, Sides

# In this order.
ROWS = ["gradient", "own", "minimisers", "eigenvalue", "bandwidth", "bits", "training", "memory"]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer rounds, smaller problems: less than five minutes")
    parser.add_argument("rows", nargs="*", help=f"of {', '.join(ROWS)}; all where none is given")
    arguments = parser.parse_args()
    report = Report()
    machine = Machine()
    report.say(f"## eos and its peers{', quick' if arguments.quick else ''}\n\n{machine.name()}")
    report.say("\nRatios are those of rounds in turn within one run, eos / other: medians and quartiles.")
    broken = []
    with Sides() as sides:
        for name in arguments.rows or ROWS:
            start = time.monotonic()
            try:
                importlib.import_module(f"rows.{name}").run(report, sides, arguments.quick)
            except (Broken, AssertionError) as error:
                broken.append(name)
                report.say(f"\n**{name} is broken: {error}**")
            print(f"({name}: {time.monotonic() - start:.0f} s)", flush=True)
    report.say(f"\n{machine.load()}")
    print(f"Written: {report.path}")
    sys.exit(1 if broken else 0)


main()
