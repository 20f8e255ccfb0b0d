"""Writes ../erf.reference.json: erf by mpmath at 50 digits.   pip install mpmath==1.3.0 && python erf.py"""
import json, os
import mpmath as mp
mp.mp.dps = 50
points = [0.0, 1e-300, 1e-8, 0.1, 0.3, 0.46, 0.46875, 0.47, 0.6, 0.9, 1.0, 1.5, 2.0, 2.7, 3.3, 3.9, 4.0, 4.1, 5.0, 5.9, 6.0, 7.0, -0.2, -1.2, -4.5]
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "erf.reference.json")
json.dump([[x, float(mp.erf(mp.mpf(x)))] for x in points], open(path, "w"))
