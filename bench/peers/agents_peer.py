"""What `npm run bench -- agents` compares with: deep Q-learning on CartPole in PyTorch, at the hyper-parameters that CleanRL publishes.

    python agents_peer.py STARTS SHARE     actions before the first update, and the share of random ones

The commands are those of protocol.py: `train dqn script 2000` takes 2,000 actions more and answers how many updates there have been,
`time dqn script 0` answers the microseconds of them: [of the processor, of the clock].

Variants: script, built as a script of one file is: Gymnasium's vector of one copy with its statistics of episodes, a replay in numpy whose batches
become tensors, Adam as it comes; bare, the same loop with nothing that it can do without: the world's equations in Python, the replay in tensors,
Adam fused.
"""
import json, math, random, sys, time

import gymnasium as gym
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

starts, share = int(sys.argv[1]), float(sys.argv[2])
torch.set_num_threads(1)
torch.set_flush_denormal(True)  # as our runtimes do
RATE, SIZE, DISCOUNT, BATCH, EVERY, TARGET_EVERY = 2.5e-4, 10_000, 0.99, 128, 10, 500


def network():
    return nn.Sequential(nn.Linear(4, 120), nn.ReLU(), nn.Linear(120, 84), nn.ReLU(), nn.Linear(84, 2))


class Learner:
    def __init__(self, fused):
        self.online, self.target = network(), network()
        self.target.load_state_dict(self.online.state_dict())
        self.optimizer = torch.optim.Adam(self.online.parameters(), RATE, **(dict(fused=True) if fused else {}))
        self.step, self.updates = 0, 0

    def learn(self, state, action, reward, following, done):
        with torch.no_grad():
            value = reward + DISCOUNT * self.target(following).max(1).values * (1 - done)
        loss = F.mse_loss(value, self.online(state).gather(1, action).squeeze(1))
        self.optimizer.zero_grad()
        loss.backward()
        self.optimizer.step()
        self.updates += 1

    def copy(self):
        self.target.load_state_dict(self.online.state_dict())


class Script(Learner):
    def __init__(self):
        super().__init__(fused=False)
        self.world = gym.vector.SyncVectorEnv([lambda: gym.wrappers.RecordEpisodeStatistics(gym.make("CartPole-v1"))], autoreset_mode=gym.vector.AutoresetMode.SAME_STEP)
        self.seen, _ = self.world.reset(seed=1)
        self.state, self.following = (np.zeros((SIZE, 1, 4), np.float32) for _ in range(2))
        self.action = np.zeros((SIZE, 1), np.int64)
        self.reward, self.done = (np.zeros((SIZE, 1), np.float32) for _ in range(2))

    def advance(self, count):
        for _ in range(count):
            if random.random() < share:
                action = np.array([self.world.single_action_space.sample()])
            else:
                action = self.online(torch.Tensor(self.seen)).argmax(dim=1).cpu().numpy()
            following, reward, terminated, truncated, info = self.world.step(action)
            last = following.copy()
            if (terminated | truncated)[0]:
                last[0] = info["final_obs"][0]
            at = self.step % SIZE
            self.state[at], self.following[at], self.action[at], self.reward[at], self.done[at] = self.seen, last, action, reward, terminated
            self.seen = following
            self.step += 1
            if self.step > starts and self.step % EVERY == 0:
                rows = np.random.randint(0, min(self.step, SIZE), BATCH)
                state, following_, reward_, done = (torch.tensor(a[rows, 0]) for a in (self.state, self.following, self.reward, self.done))
                self.learn(state, torch.tensor(self.action[rows]), reward_, following_, done)
            if self.step > starts and self.step % TARGET_EVERY == 0:
                self.copy()


class Bare(Learner):
    def __init__(self):
        super().__init__(fused=True)
        self.state, self.following = torch.zeros(SIZE, 4), torch.zeros(SIZE, 4)
        self.action = torch.zeros(SIZE, 1, dtype=torch.int64)
        self.reward, self.done = torch.ones(SIZE), torch.zeros(SIZE)
        self.reset()

    def reset(self):
        self.seen, self.age = [random.uniform(-0.05, 0.05) for _ in range(4)], 0

    def push(self, action):
        """CartPole's equations by Euler's steps (Barto, Sutton & Anderson 1983; Gymnasium's constants)."""
        x, v, angle, turn = self.seen
        force, cos, sin = (10.0 if action == 1 else -10.0), math.cos(angle), math.sin(angle)
        pull = (force + 0.05 * turn * turn * sin) / 1.1
        angular = (9.8 * sin - cos * pull) / (0.5 * (4 / 3 - 0.1 * cos * cos / 1.1))
        linear = pull - 0.05 * angular * cos / 1.1
        return [x + 0.02 * v, v + 0.02 * linear, angle + 0.02 * turn, turn + 0.02 * angular]

    def advance(self, count):
        for _ in range(count):
            if random.random() < share:
                action = random.randrange(2)
            else:
                with torch.no_grad():
                    action = int(self.online(torch.tensor(self.seen)).argmax())
            following = self.push(action)
            self.age += 1
            fallen = abs(following[0]) > 2.4 or abs(following[2]) > 12 * 2 * math.pi / 360
            at = self.step % SIZE
            self.state[at], self.following[at] = torch.tensor(self.seen), torch.tensor(following)
            self.action[at, 0], self.done[at] = action, float(fallen)
            self.seen = following
            if fallen or self.age == 500:
                self.reset()
            self.step += 1
            if self.step > starts and self.step % EVERY == 0:
                rows = torch.randint(0, min(self.step, SIZE), (BATCH,))
                self.learn(self.state[rows], self.action[rows], self.reward[rows], self.following[rows], self.done[rows])
            if self.step > starts and self.step % TARGET_EVERY == 0:
                self.copy()


made, last = {}, {}
print(json.dumps(dict(version=f"PyTorch {torch.__version__}, Gymnasium {gym.__version__}, numpy {np.__version__}")), flush=True)
for line in sys.stdin:
    command, _, variant, argument = line.split()
    if command == "train":
        if variant not in made:
            made[variant] = dict(script=Script, bare=Bare)[variant]()
        cpu, wall = time.process_time(), time.perf_counter()
        made[variant].advance(int(argument))
        last[variant] = [1e6 * (time.process_time() - cpu), 1e6 * (time.perf_counter() - wall)]
        answer = dict(loss=made[variant].updates)
    else:
        answer = dict(times=last[variant])
    print(json.dumps(answer), flush=True)
