import Glibc

/// The probability that a standard normal number is below x: exact in both tails.
public func normalProbability(below x: Double) -> Double { 0.5 * erfc(-x * 0.5.squareRoot()) }
