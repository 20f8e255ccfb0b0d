"""What `npm run bench -- citations` compares with: Kipf and Welling's network in plain PyTorch.

    python citations_peer.py FOLDER THREADS      FOLDER holds data.json and data.bin

    train cora plain 3     trains from seed 3 and answers the share of test papers that it is right about
    time cora plain 0      microseconds of that training and its guesses: [of the processor, of the clock]

Variants: plain, on the whole graph by torch.sparse.mm, features by their entries; tuned, on the papers alone that the loss depends on, as ours, and with
transposes made once.
"""
import json, sys, time, warnings
from protocol import load, threads
import torch
import torch.nn.functional as F

torch.set_num_threads(threads)
warnings.filterwarnings("ignore", "Sparse CSR tensor support")
torch.set_flush_denormal(True)  # as our runtimes do
EPOCHS, WIDTH, RATE, PENALTY, DROPPED = 200, 16, 0.01, 5e-4, 0.5


torch.sparse.check_sparse_tensor_invariants.disable()


def rows(a, path, shape):
    """A sparse matrix by rows from its entries."""
    at = torch.stack([a[path + ".to"].long(), a[path + ".from"].long()])
    return torch.sparse_coo_tensor(at, a[path + ".weight"], shape).coalesce()


class Tuned:
    """A sparse matrix and its transpose, both by compressed rows: PyTorch's own backward makes the transpose anew at each step."""

    def __init__(self, matrix):
        (to, origin), self.values, self.shape = matrix.indices(), matrix.values(), matrix.shape
        place = lambda index, size: torch.searchsorted(index, torch.arange(size + 1))
        self.order = torch.argsort(origin, stable=True)
        self.forward = place(to, self.shape[0]), origin
        self.backward = place(origin[self.order], self.shape[1]), to[self.order]

    def pair(self, values):
        return (torch.sparse_csr_tensor(*self.forward, values, self.shape),
                torch.sparse_csr_tensor(*self.backward, values[self.order], self.shape[::-1]))


class Product(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, transposed, w):
        ctx.transposed = transposed
        return x @ w

    @staticmethod
    def backward(ctx, g):
        return None, None, ctx.transposed @ g


class Task:
    def __init__(self, name, variant):
        a = load(name, torch.from_numpy)
        self.labels, self.train, self.test = (a[key].long() for key in ("labels", "train", "test"))
        N, self.inputs, self.classes = (int(n) for n in a["sizes"])
        A, x = rows(a, "graph", (N, N)), rows(a, "x", (N, self.inputs))
        self.whole = A, x
        self.told = *self.whole, self.train
        if variant == "tuned":
            nodes = a["near.nodes"].long()
            near = rows(a, "near.graph", (len(nodes), len(nodes))), x.index_select(0, nodes).coalesce()
            self.told = *(Tuned(matrix) for matrix in near), torch.arange(len(self.train))


def product(x, w, training=False):
    """x w, with dropout of x in training."""
    if isinstance(x, Tuned):
        return Product.apply(*x.pair(F.dropout(x.values, DROPPED) if training else x.values), w)
    values = F.dropout(x.values(), DROPPED) if training else x.values()
    return torch.sparse.mm(torch.sparse_coo_tensor(x.indices(), values, x.shape, is_coalesced=True), w)


def logits(A, x, params, training):
    w1, b1, w2, b2 = params
    h = F.relu(product(A, product(x, w1, training)) + b1)
    return product(A, (F.dropout(h, DROPPED) if training else h) @ w2) + b2


def right(task, seed):
    torch.manual_seed(seed)
    w1, w2 = (torch.nn.init.xavier_uniform_(torch.empty(shape)) for shape in ((task.inputs, WIDTH), (WIDTH, task.classes)))
    params = [w1, torch.zeros(WIDTH), w2, torch.zeros(task.classes)]
    for p in params:
        p.requires_grad_(True)
    groups = [dict(params=params[:2], weight_decay=PENALTY), dict(params=params[2:])]
    optimizer = torch.optim.Adam(groups, RATE, fused=True)
    A, x, known = task.told
    y = task.labels[task.train]
    for _ in range(EPOCHS):
        optimizer.zero_grad(set_to_none=True)
        F.cross_entropy(logits(A, x, params, True)[known], y).backward()
        optimizer.step()
    with torch.inference_mode():
        guesses = logits(*task.whole, params, False).argmax(1)
    return (guesses == task.labels)[task.test].float().mean().item()


tasks, last = {}, {}
print(json.dumps(dict(version=f"PyTorch {torch.__version__}")), flush=True)
for line in sys.stdin:
    command, *way, argument = line.split()
    key = tuple(way)
    if command == "train":
        if key not in tasks:
            tasks[key] = Task(*key)
        cpu, wall = time.process_time(), time.perf_counter()
        share = right(tasks[key], int(argument))
        last[key] = [1e6 * (time.process_time() - cpu), 1e6 * (time.perf_counter() - wall)]
        answer = dict(loss=share)
    else:
        answer = dict(times=last[key])
    print(json.dumps(answer), flush=True)
