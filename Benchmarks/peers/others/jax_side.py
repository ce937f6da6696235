"""JAX's side of the comparison: gradient descent, compiled as a whole, by optax.

`NPROC` and `XLA_FLAGS` say how many threads it has.
"""
import pathlib
import time

import jax
import numpy
import optax

from session import answer

jax.config.update("jax_enable_x64", True)  # else there is no f64; f32 stays f32
ACTIVATIONS = {"tanh": jax.numpy.tanh, "relu": jax.nn.relu}
TYPES = {"f32": numpy.float32, "f64": numpy.float64}


class Network:
    def __init__(self, directory, dtype, widths, activation, step):
        self.directory = pathlib.Path(directory)
        self.type = TYPES[dtype]
        inputs = jax.numpy.asarray(self.read("inputs").reshape(-1, widths[0]))
        labels = numpy.fromfile(self.directory / "labels", numpy.int32)
        targets = jax.nn.one_hot(labels, widths[-1], dtype=self.type)
        activate = ACTIVATIONS[activation]
        self.parameters = self.split(self.read("start"), widths)
        descent = optax.sgd(step)
        self.state = descent.init(self.parameters)
        self.steps = 0

        def loss(parameters, inputs, targets):
            outputs = inputs
            for number, (weight, bias) in enumerate(parameters):
                outputs = (activate(outputs) if number else outputs) @ weight.T + bias
            return jax.numpy.mean((outputs - targets) ** 2)

        def advance(parameters, state, inputs, targets):
            value, gradient = jax.value_and_grad(loss)(parameters, inputs, targets)
            updates, state = descent.update(gradient, state)
            return optax.apply_updates(parameters, updates), state, value

        self.data = inputs, targets
        self.value_and_gradient = jax.jit(jax.value_and_grad(loss))
        self.loss = jax.jit(loss)
        self.advance_once = jax.jit(advance, donate_argnums=(0, 1))

    def read(self, name):
        return numpy.fromfile(self.directory / name, self.type)

    @staticmethod
    def split(numbers, widths):
        parts, place = [], 0
        for before, after in zip(widths, widths[1:]):
            weight = numbers[place:place + before * after].reshape(after, before)
            place += before * after
            parts.append((jax.numpy.asarray(weight), jax.numpy.asarray(numbers[place:place + after])))
            place += after
        return parts

    def check(self):
        """The value here, and how far the gradient is from the other side's, relative to it."""
        value, parts = self.value_and_gradient(self.parameters, *self.data)
        mine = numpy.concatenate([numpy.asarray(part).reshape(-1) for layer in parts for part in layer])
        other = self.read("gradient").astype(numpy.float64)
        return float(value), numpy.linalg.norm(mine - other) / numpy.linalg.norm(other)

    def advance(self, iterations):
        start = time.perf_counter()
        for _ in range(iterations):
            self.parameters, self.state, value = self.advance_once(self.parameters, self.state, *self.data)
        jax.block_until_ready((self.parameters, value))
        self.steps += iterations
        return time.perf_counter() - start


class Session:
    def __init__(self):
        self.networks = {}

    def problem(self, name, directory, dtype, widths, activation, step):
        widths = [int(width) for width in widths.split(",")]
        self.networks[name] = Network(directory, dtype, widths, activation, float(step))
        return ()

    def forget(self, name):
        del self.networks[name]
        return ()

    def check(self, name):
        return self.networks[name].check()

    def advance(self, name, iterations):
        return (self.networks[name].advance(int(iterations)),)

    def progress(self, name):
        network = self.networks[name]
        return network.steps, network.loss(network.parameters, *network.data)


answer(Session())
