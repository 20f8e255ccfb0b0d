"""Writes ../planetoid.reference.json: a graph of six papers in Planetoid's parts, pickled by protocol 2 as theirs are.

    pip install numpy==1.26.4 scipy==1.13.1 && python planetoid.py

Papers 0 and 1 train, 2 is neither, 3 and 5 test, in the order 5, 3, and of 4 nobody knows anything. Python 2 wrote the originals, so that
their strings are bytes and their modules have older names: so the instructions are written out here, and Python reads them back.
"""
import base64, collections, json, os, pickle
import numpy as np
from scipy.sparse import csr_matrix

# The few instructions that arrays, matrices and lists by node need.
def text(s): return b"U" + bytes([len(s)]) + s.encode()
def number(n): return b"K" + bytes([n]) if n < 256 else b"M" + n.to_bytes(2, "little")
def array(a):
    code, shape = a.dtype.str[1:], b"(" + b"".join(map(number, a.shape)) + b"t"
    kind = b"cnumpy\ndtype\n" + text(code) + b"K\x00K\x01\x87R(K\x03" + text("<") + b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb"
    raw = a.tobytes()
    return (b"cnumpy.core.multiarray\n_reconstruct\ncnumpy\nndarray\nK\x00\x85" + text("b") + b"\x87R(K\x01" + shape + kind + b"\x89T"
            + len(raw).to_bytes(4, "little") + raw + b"tb")
def rows(m):
    parts = b"".join(text(k) + array(getattr(m, k)) for k in ("indptr", "indices", "data"))
    return b"cscipy.sparse.csr\ncsr_matrix\n)\x81q\x00}(" + text("_shape") + number(m.shape[0]) + number(m.shape[1]) + b"\x86" + parts + b"ub"
def lists(g):
    items = b"".join(number(i) + b"](" + b"".join(map(number, v)) + b"e" for i, v in g.items())
    return b"ccollections\ndefaultdict\nc__builtin__\nlist\n\x85R(" + items + b"u"
pickled = lambda body: b"\x80\x02" + body + b"."

all_ = np.array([[1, 0, 2], [0, 0, 3], [4, 0, 0]], np.float32)
test = np.array([[0, 5, 0], [6, 0, 7]], np.float32)                # of papers 5 and 3
graph = collections.defaultdict(list, {0: [1, 0], 1: [0, 1], 2: [3], 3: [2, 2], 4: [], 5: [0]})
parts = dict(
    x=pickled(rows(csr_matrix(all_[:2]))), allx=pickled(rows(csr_matrix(all_))), tx=pickled(rows(csr_matrix(test))),
    ally=pickled(array(np.eye(2, dtype=np.int32)[[0, 1, 1]])), ty=pickled(array(np.eye(2, dtype=np.int32)[[1, 0]])), graph=pickled(lists(graph)),
)
for name in ("ally", "ty"):                                        # numpy and Python read them, where the names are still known
    assert pickle.loads(parts[name], encoding="latin1").shape[1] == 2
assert (pickle.loads(parts["allx"], encoding="latin1").toarray() == all_).all()
assert pickle.loads(parts["graph"].replace(b"__builtin__", b"builtins"), encoding="latin1") == graph
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "planetoid.reference.json")
with open(path, "w") as file:
    json.dump({k: base64.b64encode(v).decode() for k, v in parts.items()}, file, indent=0)
    file.write("\n")
