"""The networks that both sides have, and the check that they have the same."""
import os

import places
from side import Broken

# What single and double precision leave of two ways to sum.
TOLERANCE = {"f32": 1e-4, "f64": 1e-11}


class Problem:
    def __init__(self, name, widths, activation, dtype, data):
        self.name = name
        self.widths = widths
        self.activation = activation
        self.dtype = dtype
        self.data = data
        self.directory = places.OUT / "data" / name

    def keys(self):
        widths = ",".join(str(width) for width in self.widths)
        return f"layers=[{widths}] activation={self.activation} loss=mse dtype={self.dtype} {self.data}"

    def on_eos(self, eos, threads):
        """Its name there."""
        name = f"{self.name}-{threads}"
        eos.say("problem", name, threads, self.keys())
        return name

    def share(self, eos, seed=1):
        """Writes data, starting point, value and gradient for the other sides; the value."""
        name = self.on_eos(eos, 1)
        self.directory.mkdir(parents=True, exist_ok=True)
        eos.say("data", name, self.directory)
        return self.start(eos, name, seed)

    def start(self, eos, name, seed):
        return eos.one("start", name, seed, self.directory)

    def on_other(self, other, *more):
        """Its name there; `more` is what that side alone is told."""
        widths = ",".join(map(str, self.widths))
        other.say("problem", self.name, self.directory, self.dtype, widths, self.activation, *more)
        return self.name

    def compare(self, side, value):
        """How far value and gradient at the starting point are apart, relatively."""
        other, gradient = side.ask("check", self.name)
        difference = abs(value - other) / abs(value)
        if max(difference, gradient) > TOLERANCE[self.dtype]:
            raise Broken(f"{self.name}: values differ by {difference:.1e}, gradients by {gradient:.1e}")
        return f"value {difference:.0e}, gradient {gradient:.0e}"


def images(count):
    """CIFAR-10 where it is, else clouds of the same size."""
    if os.environ.get("EOS_DATA_DIR"):
        return f"data.file=cifar10/cifar10_5k_train.bin.gz data.format=cifar data.standardize=global data.train={count}"
    return clusters(count, 3072)


def clusters(count, features):
    return f"data.generator=clusters data.dimension={features} data.train={count}"


def digits():
    """The first 500 handwritten digits where they are, else clouds."""
    if os.environ.get("EOS_DATA_DIR"):
        return "data.file=digits/optdigits.tes data.format=csv data.standardize=global data.train=500"
    return clusters(500, 64)


def tanh_network(dtype, samples):
    return Problem(f"fc-tanh-{dtype}-{samples}", [3072, 200, 200, 10], "tanh", dtype, images(samples))
