import Glibc

/// x^e for x > 0.
func power(_ x: Double, _ e: Double) -> Double { pow(x, e) }
func logarithm(_ x: Double) -> Double { log(x) }
func exponential(_ x: Double) -> Double { exp(x) }
