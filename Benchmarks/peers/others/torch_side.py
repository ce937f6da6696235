"""Torch's side of the comparison, eager; the first argument says with how many threads."""
import sys

import numpy
import torch

from hessian import Hessian, eigenvalue
from network import Network
from session import answer, memory
from training import descend, minimise


class Session:
    def __init__(self):
        self.networks = {}
        self.vectors = {}

    def problem(self, name, directory, dtype, widths, activation, mode="eager"):
        self.networks[name] = Network(directory, dtype, [int(width) for width in widths.split(",")], activation, mode)
        return ()

    def forget(self, name):
        del self.networks[name]
        self.vectors.pop(name, None)
        return ()

    def restart(self, name):
        self.networks[name].restart()
        return ()

    def check(self, name):
        return self.networks[name].check()

    def advance(self, name, step, iterations):
        return (self.networks[name].advance(float(step), int(iterations)),)

    def progress(self, name):
        return self.networks[name].progress()

    def forward(self, name):
        return (self.networks[name].forward(),)

    def eigenvalue(self, name, start, seed, tolerance):
        network = self.networks[name]
        if start == "warm":
            vector = self.vectors[name]
        else:
            size = sum(part.numel() for part in network.parameters)
            vector = numpy.random.default_rng(int(seed)).uniform(-1, 1, size).astype(network.numpy_type)
        *numbers, self.vectors[name] = eigenvalue(network, vector, float(tolerance))
        return numbers

    def residual(self, name, value, file):
        """Of an eigenpair that the other side found."""
        network = self.networks[name]
        return (Hessian(network).residual(float(value), numpy.fromfile(file, network.numpy_type)),)

    def descend(self, name, step, target, seconds, iterations):
        return descend(self.networks[name], float(step), float(target), float(seconds), int(iterations))

    def minimise(self, name, target, seconds):
        return minimise(self.networks[name], float(target), float(seconds))

    def memory(self):
        return (memory(),)


torch.set_num_threads(int(sys.argv[1]))
answer(Session())
