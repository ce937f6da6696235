"""Ratios of what was measured in turn, and what is said of them."""
import statistics


def measure_in_turn(rounds, first, second, prepare=None):
    """Pairs of measurements, a round each; which comes first changes from round to round. One round warms up."""
    pairs = []
    for number in range(-1, rounds):
        if prepare:
            prepare(number)
        if number % 2 == 0:
            a = first(number)
            b = second(number)
        else:
            b = second(number)
            a = first(number)
        if number >= 0:
            pairs.append((a, b))
    return pairs


def quartiles(values):
    if len(values) < 2:
        return values[0], values[0]
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    return low, high


def seconds(value):
    """As a person would write it."""
    if value < 1e-3:
        return f"{value * 1e6:.3g} µs"
    return f"{value * 1e3:.3g} ms" if value < 1 else f"{value:.3g} s"


class Ratio:
    """A row: what eos takes over what the other takes, round by round, and the bar it is held to."""

    def __init__(self, what, pairs, bar=None, at_least=False, agreement="", unit=seconds):
        self.what = what
        self.pairs = pairs
        self.bar = bar
        self.at_least = at_least
        self.agreement = agreement
        self.unit = unit
        self.ratios = [a / b for a, b in pairs]
        self.median = statistics.median(self.ratios)

    def cells(self):
        low, high = quartiles(self.ratios)
        mine, other = (self.unit(statistics.median(column)) for column in zip(*self.pairs))
        return [self.what, mine, other, f"{self.median:.3f}", f"{low:.3f} to {high:.3f}",
                *verdict(self.median, self.bar, self.at_least), self.agreement]


def verdict(value, bar, at_least=False):
    """The bar, and whether it is met."""
    if bar is None:
        return "", ""
    met = value >= bar if at_least else value <= bar
    return f"{'≥' if at_least else '≤'} {bar:g}", "yes" if met else "**no**"
