"""Writes ../trajectories.reference.json: steps of PyTorch 2.13.0's optimisers and schedules in float64.

    pip install torch==2.13.0 && python trajectories.py

The loss is 1/2 (x - A y)^2 summed over two parameters x [3] and y [2], plus a quartic, at a high learning rate. Lion, which PyTorch
does not have, is its authors' `lion_pytorch.py` (Chen et al. 2023).
"""
import json, os
import torch

torch.set_default_dtype(torch.float64)
A = torch.tensor([[1.0, -0.5], [0.25, 2.0], [-1.5, 0.75]])
X, Y = [0.5, -1.0, 2.0], [1.5, -0.5]
O, S = torch.optim, torch.optim.lr_scheduler


class Lion(O.Optimizer):
    def __init__(self, params, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0):
        super().__init__(params, dict(lr=lr, betas=betas, weight_decay=weight_decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            for p in group["params"]:
                p.mul_(1 - group["lr"] * group["weight_decay"])
                state = self.state[p]
                if len(state) == 0:
                    state["exp_avg"] = torch.zeros_like(p)
                exp_avg, (beta1, beta2) = state["exp_avg"], group["betas"]
                p.add_((exp_avg * beta1 + p.grad * (1 - beta1)).sign(), alpha=-group["lr"])
                exp_avg.mul_(beta2).add_(p.grad, alpha=1 - beta2)


def start():
    return [torch.tensor(v, requires_grad=True) for v in (X, Y)]


def loss(x, y):
    return 0.5 * (x - A @ y).square().sum() + 0.1 * (y**4).sum()


def trajectory(make, schedule=None, clip=None, batches=1, steps=10, average=None, plateau=None):
    params = start()
    optimizer = make(params)
    scheduler = schedule(optimizer) if schedule else None
    averaged = None
    if average is not None:
        model = torch.nn.Module()
        model.p = torch.nn.ParameterList([torch.nn.Parameter(p.detach()) for p in params])
        averaged = O.swa_utils.AveragedModel(model, multi_avg_fn=O.swa_utils.get_ema_multi_avg_fn(average))
        averaged.update_parameters(model)
    points = []
    for k in range(steps * batches):
        if k % batches == 0:
            optimizer.zero_grad()
        value = loss(*params) * (1 + 0.5 * (k % batches)) / batches
        value.backward()
        if (k + 1) % batches == 0:
            if clip:
                clip(params)
            optimizer.step()
            if scheduler:
                scheduler.step(plateau[k]) if plateau else scheduler.step()
        if averaged is not None:
            with torch.no_grad():
                for q, p in zip(model.p, params):
                    q.copy_(p)
            averaged.update_parameters(model)
            points.append([v for q in averaged.module.p for v in q.tolist()])
        else:
            points.append([v for p in params for v in p.tolist()])
    return points


def rates(schedule, lr, steps=14):
    optimizer = O.SGD(start(), lr=lr)
    scheduler, out = schedule(optimizer), []
    for _ in range(steps):
        out.append(optimizer.param_groups[0]["lr"])
        optimizer.step()
        scheduler.step()
    return out


def warm_cosine(optimizer):
    return S.SequentialLR(
        optimizer,
        [S.LinearLR(optimizer, start_factor=0.1, total_iters=4), S.CosineAnnealingLR(optimizer, 6, eta_min=0.01)],
        milestones=[4],
    )


cosine = lambda o: S.CosineAnnealingLR(o, 14, eta_min=0.02)
one_cycle = lambda o: S.OneCycleLR(o, max_lr=0.4, total_steps=15, cycle_momentum=False)
warm_up = lambda o: S.LinearLR(o, start_factor=0.2, total_iters=5)
PLATEAU = [1.0, 0.9, 0.95, 0.93, 0.91, 0.8, 0.81, 0.79999, 0.85, 0.9]

norm = lambda p: torch.nn.utils.clip_grad_norm_(p, 1.5)
value = lambda p: torch.nn.utils.clip_grad_value_(p, 0.6)


def both(p):
    value(p), norm(p)


trajectories = dict(
    sgd=trajectory(lambda p: O.SGD(p, lr=0.1)),
    sgdDecay=trajectory(lambda p: O.SGD(p, lr=0.1, weight_decay=0.3)),
    momentum=trajectory(lambda p: O.SGD(p, lr=0.05, momentum=0.9)),
    nesterov=trajectory(lambda p: O.SGD(p, lr=0.05, momentum=0.9, nesterov=True, weight_decay=0.1)),
    rmsProp=trajectory(lambda p: O.RMSprop(p, lr=0.05)),
    rmsPropDecay=trajectory(lambda p: O.RMSprop(p, lr=0.05, alpha=0.9, eps=1e-3, weight_decay=0.2)),
    adam=trajectory(lambda p: O.Adam(p, lr=0.3)),
    adamDecay=trajectory(lambda p: O.Adam(p, lr=0.3, betas=(0.8, 0.95), eps=1e-3, weight_decay=0.2)),
    adamW=trajectory(lambda p: O.AdamW(p, lr=0.3, weight_decay=0.2)),
    amsgrad=trajectory(lambda p: O.Adam(p, lr=0.3, betas=(0.9, 0.5), amsgrad=True)),
    amsgradDecay=trajectory(lambda p: O.Adam(p, lr=0.3, betas=(0.8, 0.6), eps=1e-3, weight_decay=0.2, amsgrad=True)),
    lion=trajectory(lambda p: Lion(p, lr=0.05)),
    lionDecay=trajectory(lambda p: Lion(p, lr=0.05, betas=(0.8, 0.95), weight_decay=0.3)),
    adamWGroups=trajectory(
        lambda p: O.AdamW([dict(params=p[:1], weight_decay=0.0), dict(params=p[1:], lr=0.03)], lr=0.3, weight_decay=0.2)
    ),
    nesterovGroups=trajectory(
        lambda p: O.SGD(
            [dict(params=p[:1], lr=0.1), dict(params=p[1:], weight_decay=0.5)], lr=0.05, momentum=0.9, nesterov=True, weight_decay=0.1
        ),
        warm_up,
    ),
    lionGroups=trajectory(lambda p: Lion([dict(params=p[:1]), dict(params=p[1:], weight_decay=0.3)], lr=0.05)),
    clipNorm=trajectory(lambda p: O.SGD(p, lr=0.2), clip=norm),
    clipValue=trajectory(lambda p: O.SGD(p, lr=0.2, momentum=0.5), clip=value),
    clipBoth=trajectory(lambda p: O.Adam(p, lr=0.3), clip=both),
    adamCosine=trajectory(lambda p: O.Adam(p, lr=0.3), cosine),
    adamWarmUpCosine=trajectory(lambda p: O.AdamW(p, lr=0.3, weight_decay=0.2), warm_cosine),
    lionWarmUp=trajectory(lambda p: Lion(p, lr=0.05, weight_decay=0.3), warm_up),
    momentumOneCycle=trajectory(lambda p: O.SGD(p, lr=0.4, momentum=0.5), one_cycle),
    accumulated=trajectory(lambda p: O.Adam(p, lr=0.3), cosine, batches=3),
    averaged=trajectory(lambda p: O.Adam(p, lr=0.3), average=0.7),
    plateau=trajectory(
        lambda p: O.SGD(p, lr=0.1), lambda o: S.ReduceLROnPlateau(o, factor=0.5, patience=1), plateau=PLATEAU
    ),
)
reference = dict(
    rates=dict(
        cosine=rates(cosine, 0.3),
        warmUp=rates(warm_up, 0.3),
        warmUpCosine=rates(warm_cosine, 0.3, 10),
        oneCycle=rates(one_cycle, 0.4),
    ),
    plateauLosses=PLATEAU,
    trajectories=trajectories,
)
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "trajectories.reference.json")
rounded = lambda x: (
    {k: rounded(v) for k, v in x.items()} if isinstance(x, dict) else [rounded(v) for v in x] if isinstance(x, list) else float(f"{x:.12g}")
)
lines = lambda d: "{\n" + ",\n".join(f'"{k}": {json.dumps(rounded(v))}' for k, v in d.items()) + "\n}"
with open(path, "w") as file:
    file.write(f'{{\n"rates": {lines(reference["rates"])},\n"plateauLosses": {json.dumps(PLATEAU)},\n"trajectories": {lines(trajectories)}\n}}\n')
