"""What `npm run bench -- environments` compares with: CartPole-v1 of Gymnasium, one by one and as its vector of copies.

    python environments_peer.py COPIES STEPS

The commands are those of protocol.py; a step of either variant is STEPS steps of COPIES copies.
"""
import json, sys, time

import gymnasium as gym
import numpy as np

copies, steps = int(sys.argv[1]), int(sys.argv[2])
random = np.random.default_rng(1)
actions = [random.integers(0, 2, copies) for _ in range(steps)]
flat = [int(a) for row in actions for a in row]
vector = gym.make_vec("CartPole-v1", num_envs=copies, vectorization_mode="vector_entry_point")
vector.reset(seed=1)
one = gym.make("CartPole-v1")
one.reset(seed=1)


def run(variant):
    if variant == "vector":
        for action in actions:
            vector.step(action)
        return
    for action in flat:
        _, _, terminated, truncated, _ = one.step(action)
        if terminated or truncated:
            one.reset()


def pushed():
    """The sum of what is seen after eight pushes to the right from rest: what both sides must agree on."""
    world = gym.make("CartPole-v1")
    world.reset(seed=1)
    world.unwrapped.state = np.zeros(4)
    for _ in range(8):
        seen = world.step(1)[0]
    return float(seen.sum())


print(json.dumps(dict(version=f"Python {sys.version.split()[0]}, Gymnasium {gym.__version__}, numpy {np.__version__}")), flush=True)
for line in sys.stdin:
    command, _, variant, argument = line.split()
    if command == "train":
        run(variant)
        reply = dict(loss=pushed())
    else:
        times, end = [], time.perf_counter() + float(argument)
        while (start := time.perf_counter()) < end or len(times) < 2:
            run(variant)
            times.append(1e6 * (time.perf_counter() - start))
        reply = dict(times=times)
    print(json.dumps(reply), flush=True)
