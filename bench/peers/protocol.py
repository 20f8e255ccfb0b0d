"""What the Python peers share: the workloads' numbers, and commands on standard input answered on standard output, one JSON line each.

    python torch_peer.py FOLDER THREADS          FOLDER holds data.json and data.bin

    train W1 eager 50      50 steps, then the loss after them; for a prediction (W1-predict) its output
    time W1 eager 0.3      microseconds of each step that fits into 0.3 s
"""
import json, math, os, sys, time

folder, threads = sys.argv[1], int(sys.argv[2])
os.environ["OMP_NUM_THREADS"] = str(threads)
import numpy as np

manifest = json.load(open(os.path.join(folder, "data.json")))
raw = open(os.path.join(folder, "data.bin"), "rb").read()


def load(workload, convert):
    """The workload's arrays by path: params.layers[0].w, batch.x, ..."""
    def array(entry):
        size = math.prod(entry["shape"])
        return convert(np.frombuffer(raw, entry["dtype"], size, entry["offset"]).reshape(entry["shape"]).copy())
    return {path: array(entry) for path, entry in manifest[workload].items()}


def serve(version, make):
    """`make(workload, variant)` returns a step, which waits for its result, and what to compare after the steps."""
    made = {}
    print(json.dumps(dict(version=version)), flush=True)
    for line in sys.stdin:
        command, workload, variant, argument = line.split()
        if (workload, variant) not in made:
            made[workload, variant] = make(workload, variant)
        step, loss = made[workload, variant]
        if command == "train":
            for _ in range(int(argument)):
                step()
            answer = dict(loss=float(loss()))
        else:
            times, end = [], time.perf_counter() + float(argument)
            while (start := time.perf_counter()) < end or len(times) < 2:
                step()
                times.append(1e6 * (time.perf_counter() - start))
            answer = dict(times=times)
        print(json.dumps(answer), flush=True)
