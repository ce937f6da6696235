"""Training until a loss is reached: gradient descent by constant steps, and L-BFGS."""
import math
import time

import torch


class Reached(Exception):
    """Ends the minimiser from within its closure."""


def descend(network, step, target, seconds, iterations):
    """Seconds, iterations and the last loss; ends where the target, the time, the count or infinity is reached."""
    network.restart()
    descent = torch.optim.SGD(network.parameters, lr=step)
    start = time.perf_counter()
    for iteration in range(iterations + 1):
        descent.zero_grad(set_to_none=True)
        loss = network.loss()
        value = loss.item()
        taken = time.perf_counter() - start
        if value <= target or not math.isfinite(value) or taken > seconds:
            break
        loss.backward()
        descent.step()
    return taken, iteration, value


def minimise(network, target, seconds):
    """The same by torch.optim.LBFGS; for iterations, its evaluations."""
    network.restart()
    minimiser = torch.optim.LBFGS(
        network.parameters, max_iter=10**6, max_eval=10**7, tolerance_grad=0, tolerance_change=0,
        line_search_fn="strong_wolfe")
    evaluations, value = 0, math.inf
    start = time.perf_counter()

    def closure():
        nonlocal evaluations, value
        minimiser.zero_grad(set_to_none=True)
        loss = network.loss()
        value = loss.item()
        evaluations += 1
        if value <= target or time.perf_counter() - start > seconds:
            raise Reached
        loss.backward()
        return loss

    try:
        minimiser.step(closure)
    except Reached:
        pass
    return time.perf_counter() - start, evaluations, value
