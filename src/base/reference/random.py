"""Writes ../random.reference.json: Threefry streams by JAX 0.10.2, normal quantiles and logarithms by mpmath 1.3 at 50 digits.

    pip install jax==0.10.2 mpmath==1.3.0 && python random.py
"""
import json, os, sys
sys.path.pop(0)  # this file's name would hide the standard library's random
import jax, mpmath as mp
jax.config.update("jax_enable_x64", True)
jax.config.update("jax_threefry_partitionable", True)
mp.mp.dps = 50

words = lambda k: [int(w) for w in jax.random.key_data(k).ravel()]
def stream(seed):
    k = jax.random.key(seed, impl="threefry2x32")
    bits = [int(b) for b in jax.random.bits(k, (6,), "uint64")]
    quantile = lambda p: float(mp.sqrt(2) * mp.erfinv(2 * p - 1))
    return dict(
        seed=seed, key=words(k), split=[words(s) for s in jax.random.split(k, 3)], fold7=words(jax.random.fold_in(k, 7)),
        uniform32=[float(u) for u in jax.random.uniform(k, (6,), "float32")],
        uniform64=[float(u) for u in jax.random.uniform(k, (6,), "float64")],
        normal64=[quantile((mp.mpf(b >> 12) + mp.mpf(1) / 2) / 2**52) for b in bits])

quantiles = [2.0**-53, 1e-12, 1e-6, 0.001, 0.02425, 0.0749, 0.0751, 0.3, 0.5, 0.9, 0.9999]
logs = [5e-308, 1e-16, 0.1, 0.7, 0.7072, 0.999, 1.0, 1.001, 1.4142, 1.4143, 2.0, 10.0, 1e300]
out = dict(
    made_by=f"random.py with JAX {jax.__version__}, mpmath {mp.__version__}",
    streams=[stream(s) for s in (0, 42, 2**40 + 3)],
    quantiles=[[p, float(mp.sqrt(2) * mp.erfinv(2 * mp.mpf(p) - 1))] for p in quantiles],
    logarithms=[[x, float(mp.log(mp.mpf(x)))] for x in logs])
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "random.reference.json")
json.dump(out, open(path, "w"), indent=1)
