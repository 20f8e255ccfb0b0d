"""Writes day08.reference.json with PyTorch 2.13 in float64: broadcasting, forward and backward.

    pip install torch==2.13.0 && python day08.py
"""
import os, sys

here = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(here, "..", "..", "..", "src", "nn", "reference"))
from cases import case, rand, write

def product(a, b):
    return a * b

write("day08", dict(
    gainOfFeatures=case(product, rand(6, 4), rand(4)),
    weightOfDays=case(product, rand(6, 1), rand(6, 4)),
    middleAxis=case(product, rand(5, 1, 3), rand(4, 1)),
    allPairs=case(lambda a, b: a - b, rand(6, 1), rand(4)),
), here)
