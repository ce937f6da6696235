"""The network of a problem in torch, on the files that eos wrote."""
import pathlib
import time

import numpy
import torch

ACTIVATIONS = {"tanh": torch.nn.Tanh, "relu": torch.nn.ReLU}
TYPES = {"f32": numpy.float32, "f64": numpy.float64}


class Network:
    def __init__(self, directory, dtype, widths, activation, mode):
        self.directory = pathlib.Path(directory)
        self.numpy_type = TYPES[dtype]
        self.inputs = self.read("inputs").reshape(-1, widths[0])
        labels = torch.from_numpy(numpy.fromfile(self.directory / "labels", numpy.int32)).long()
        self.targets = torch.nn.functional.one_hot(labels, widths[-1]).to(self.inputs.dtype)
        layers = []
        for before, after in zip(widths, widths[1:]):
            layers += [torch.nn.Linear(before, after, dtype=self.inputs.dtype), ACTIVATIONS[activation]()]
        self.model = torch.nn.Sequential(*layers[:-1])
        self.mean_squared_error = torch.nn.MSELoss()
        self.parameters = list(self.model.parameters())
        if mode == "compiled":
            self.model = torch.compile(self.model)
        self.restart()

    def read(self, name):
        return torch.from_numpy(numpy.fromfile(self.directory / name, self.numpy_type))

    def restart(self):
        """Back to the starting point."""
        torch.nn.utils.vector_to_parameters(self.read("start"), self.parameters)
        self.descent = None
        self.steps = 0

    def loss(self):
        return self.mean_squared_error(self.model(self.inputs), self.targets)

    def check(self):
        """The value here, and how far the gradient is from eos's, relative to it."""
        loss = self.loss()
        mine = torch.cat([part.reshape(-1) for part in torch.autograd.grad(loss, self.parameters)]).double()
        other = self.read("gradient").double()
        return loss.item(), ((mine - other).norm() / other.norm()).item()

    def advance(self, step, iterations):
        """Seconds that iterations of gradient descent take; they go on from call to call."""
        if self.descent is None:
            self.descent = torch.optim.SGD(self.parameters, lr=step)
        start = time.perf_counter()
        for _ in range(iterations):
            self.descent.zero_grad(set_to_none=True)
            self.loss().backward()
            self.descent.step()
        self.steps += iterations
        return time.perf_counter() - start

    @torch.inference_mode()
    def progress(self):
        return self.steps, self.loss().item()

    @torch.inference_mode()
    def forward(self):
        start = time.perf_counter()
        self.loss().item()
        return time.perf_counter() - start
