"""The leading eigenvalue of the Hessian: scipy's Lanczos (ARPACK) over torch's double backward."""
import time

import numpy
import scipy.sparse.linalg
import torch


class Hessian:
    """At the parameters that the network has now. The gradient's graph is made once and kept."""

    def __init__(self, network):
        self.parameters = network.parameters
        self.type = network.numpy_type
        self.gradient = torch.autograd.grad(network.loss(), self.parameters, create_graph=True)
        self.size = sum(part.numel() for part in self.parameters)
        self.products = 0

    def multiply(self, vector):
        self.products += 1
        vector = torch.from_numpy(numpy.ascontiguousarray(vector.reshape(-1), self.type))
        parts = torch.split(vector, [part.numel() for part in self.parameters])
        shaped = [part.view_as(like) for part, like in zip(parts, self.parameters)]
        product = torch.autograd.grad(self.gradient, self.parameters, grad_outputs=shaped, retain_graph=True)
        return torch.cat([part.reshape(-1) for part in product]).numpy()

    def residual(self, value, vector):
        """|H v - value v| / |value| for the unit vector."""
        vector = vector / numpy.linalg.norm(vector.astype(numpy.float64))
        return numpy.linalg.norm(self.multiply(vector).astype(numpy.float64) - value * vector) / abs(value)


def eigenvalue(network, start, tolerance):
    """Seconds, eigenvalue, its true residual, products, eigenvector; the Hessian is made within the time."""
    begin = time.perf_counter()
    hessian = Hessian(network)
    operator = scipy.sparse.linalg.LinearOperator(
        (hessian.size, hessian.size), matvec=hessian.multiply, dtype=network.numpy_type)
    values, vectors = scipy.sparse.linalg.eigsh(operator, k=1, which="LA", tol=tolerance, v0=start)
    taken = time.perf_counter() - begin
    products = hessian.products
    return taken, float(values[0]), hessian.residual(float(values[0]), vectors[:, 0]), products, vectors[:, 0]
