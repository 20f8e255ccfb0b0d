"""Writes ../environments/classic-control.reference.json: episodes of Gymnasium 1.4.0's CartPole-v1 and Acrobot-v1 from given states.

    pip install gymnasium==1.4.0 numpy==2.4.6 && python classic_control.py

Each episode has its first state, its actions, and the observation after every `every` steps and at the end, in float32. The actions are
random, or those of a rule that keeps the pole up or swings the links, so that the long ways of a state are there too.
"""
import json, os
import gymnasium as gym
import numpy as np

random = np.random.default_rng(1)
balance = lambda x: int(x[2] + 0.5 * x[3] + 0.1 * x[1] + 0.05 * x[0] > 0)
swing = lambda x: 2 if x[4] + x[5] > 0 else 0

def episode(name, start, act, every, most):
    world = gym.make(name)
    world.reset(seed=1)
    world.unwrapped.state = np.array(start, dtype=np.float64)
    x = np.array(start, dtype=np.float32) if name == "CartPole-v1" else world.unwrapped._get_ob()
    actions, seen, at = "", [], []
    for step in range(1, most + 1):
        a = act(x)
        x, reward, terminated, truncated, _ = world.step(a)
        actions += str(a)
        over = terminated or truncated
        if step % every == 0 or over or step == most:
            at.append(step)
            seen.append([float(repr(v)[11:-1]) for v in x])
        if over: break
    return dict(world=name, start=[float(v) for v in start], actions=actions, at=at, seen=seen,
                reward=float(reward), terminated=bool(terminated), truncated=bool(truncated))

draw = lambda A: lambda x: int(random.integers(A))
near = lambda w: random.uniform(-w, w, 4)
episodes = [
    episode("CartPole-v1", np.zeros(4), lambda x: 1, 1, 500),
    *[episode("CartPole-v1", near(0.05), draw(2), 1, 500) for _ in range(6)],
    *[episode("CartPole-v1", near(0.05), balance, 20, 500) for _ in range(3)],
    *[episode("Acrobot-v1", near(0.1).astype(np.float32), draw(3), 10, 120) for _ in range(3)],
    *[episode("Acrobot-v1", near(0.1).astype(np.float32), swing, 5, 500) for _ in range(4)],
]
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "environments", "classic-control.reference.json")
with open(path, "w") as file:
    file.write("[\n" + ",\n".join(json.dumps(e, separators=(",", ":")) for e in episodes) + "\n]\n")
for e in episodes: print(e["world"], len(e["actions"]), e["terminated"], e["truncated"])
