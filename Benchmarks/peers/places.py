"""Where things lie."""
import pathlib

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PRODUCTS = ROOT / ".build/release"
OUT = ROOT / ".build/benchmarks/peers"
