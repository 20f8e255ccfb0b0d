"""Writes ../operators.reference.json: the ONNX project's own operator tests (package onnx 1.23.2) for the operators that tracing
emits, where they are small and of our types, and NumPy's answers for casts, and for slices, which those tests only cover with large arrays.

    pip install onnx==1.23.2 && python operators.py
"""
import json, os, re, warnings
import numpy as np, onnx
from onnx.backend.test.case.node import collect_testcases

warnings.filterwarnings("ignore")
here = os.path.dirname(os.path.abspath(__file__))
source = open(os.path.join(here, "../../onnx/operators.ts")).read()
emitted = set(re.findall(r"'(\w+)'", source.split("FAMILIES = {")[1].split("} as const")[0]))
DTYPES = {"float32": "float32", "float64": "float32", "int32": "int32", "int64": "int64", "bool": "bool"}

def number(v):
    if isinstance(v, (np.floating, float)) and not np.isfinite(v): return str(v)  # JSON has no NaN or infinity
    return float(str(v)) if isinstance(v, np.floating) else int(v)
def pack(a):
    a = np.asarray(a)
    return dict(dtype=DTYPES[str(a.dtype)], shape=list(a.shape), data=[number(v) for v in a.ravel()])
def attribute(a):
    v = onnx.helper.get_attribute_value(a)
    return dict(float=v) if isinstance(v, float) else v.decode() if isinstance(v, bytes) else list(v) if isinstance(v, (list, tuple)) or hasattr(v, "extend") else v

LEFT_OUT = {
    "test_averagepool_2d_ceil_last_window_starts_on_pad": "its expected values are rounded to four decimals",
    "test_maxpool_with_argmax_2d_precomputed_strides": "column-major indices, which tracing never asks for",
}
cases = []
for case in collect_testcases(None):
    nodes = case.model.graph.node
    if len(nodes) != 1 or nodes[0].op_type not in emitted or case.name in LEFT_OUT: continue
    for inputs, outputs in case.data_sets:
        arrays = [np.asarray(a) for a in [*inputs, *outputs]]
        if any(str(a.dtype) not in DTYPES for a in arrays) or sum(a.size for a in arrays) > 450 or any(a.size == 0 for a in arrays): continue
        given = iter(inputs)
        cases.append(dict(name=case.name, op=nodes[0].op_type, attributes={a.name: attribute(a) for a in nodes[0].attribute},
            inputs=[pack(next(given)) if name else None for name in nodes[0].input], outputs=[pack(a) for a in outputs]))

x = np.arange(24, dtype=np.float32).reshape(4, 6)
for starts, ends, axes, steps, want in [
    ([1, 0], [3, 6], [0, 1], [1, 2], x[1:3, 0:6:2]), ([-1], [-5], [0], [-1], x[::-1]), ([4], [-100], [1], [-2], x[:, 4::-2]), ([-2], [1000], [-1], [1], x[:, -2:])]:
    ints = [np.array(v, np.int64) for v in (starts, ends, axes, steps)]
    cases.append(dict(name=f"numpy slice {starts} {ends} {axes} {steps}", op="Slice", attributes={}, inputs=[pack(v) for v in [x, *ints]], outputs=[pack(want)]))

y = np.array([-2.7, -0.5, 0, 0.5, 2.7], np.float32)
for to, dtype in [(6, np.int32), (7, np.int64), (9, np.bool_)]:
    cases.append(dict(name=f"numpy cast to {dtype.__name__}", op="Cast", attributes=dict(to=to), inputs=[pack(y)], outputs=[pack(y.astype(dtype))]))

missing = emitted - {case["op"] for case in cases} - {"Erf"}
assert not missing, missing
with open(os.path.join(here, "..", "operators.reference.json"), "w") as file:
    file.write("[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]\n")
print(len(cases), "cases")
