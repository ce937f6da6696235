"""On what, and beside what else, was measured."""
import importlib.metadata
import os
import pathlib
import time


class Machine:
    def __init__(self):
        self.start = time.monotonic()
        self.before = jiffies()

    def name(self):
        info = pathlib.Path("/proc/cpuinfo").read_text()
        model = next((line.split(":")[1].strip() for line in info.splitlines() if line.startswith("model name")), "?")
        peers = ", ".join(f"{name} {version}" for name, version in versions())
        return f"{len(os.sched_getaffinity(0))} processors ({model}); {peers}."

    def load(self):
        """What the processors did besides."""
        spent = [after - before for before, after in zip(self.before, jiffies())]
        own = sum(os.times()[:4]) * os.sysconf("SC_CLK_TCK")
        total = sum(spent)
        stolen, idle = spent[7], spent[3] + spent[4]
        others = max(0, total - idle - stolen - own)
        return (f"{time.monotonic() - self.start:.0f} s; of the processors' time {100 * stolen / total:.0f} % went to "
                f"other machines, {100 * others / total:.0f} % to other processes here, {100 * idle / total:.0f} % to "
                "none.")


def versions():
    for name in ("torch", "scipy", "numpy", "jax", "optax"):
        try:
            yield name, importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            continue


def jiffies():
    return [int(word) for word in pathlib.Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
