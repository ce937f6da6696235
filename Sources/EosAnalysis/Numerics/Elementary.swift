import Glibc

/// x^e for x > 0.
func power(_ x: Double, _ e: Double) -> Double { pow(x, e) }
func logarithm(_ x: Double) -> Double { log(x) }
func exponential(_ x: Double) -> Double { exp(x) }

/// The probability that a standard normal number is below x: exact in both tails.
public func normalProbability(below x: Double) -> Double { 0.5 * erfc(-x * 0.5.squareRoot()) }
