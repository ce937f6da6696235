import Glibc

func cosine(_ x: Double) -> Double { cos(x) }
func sine(_ x: Double) -> Double { sin(x) }
func logarithm(_ x: Double) -> Double { log(x) }
func power(_ x: Double, _ e: Double) -> Double { pow(x, e) }
