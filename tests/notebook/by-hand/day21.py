"""Writes day21.reference.json with PyTorch 2.13 in float64: a window that asks seven headlines, of which one is empty.

    pip install torch==2.13.0 && python day21.py
"""
import os, sys
import torch.nn.functional as F

here = os.path.dirname(os.path.abspath(__file__))
sys.path.append(os.path.join(here, "..", "..", "..", "src", "nn", "reference"))
from cases import case, rand, write

def listen(window, texts, query, key, value):
    return F.scaled_dot_product_attention(F.linear(window, query.T), F.linear(texts, key.T), F.linear(texts, value.T))

texts = rand(7, 8)
texts.data[6] = 0
write("day21", dict(listen=case(listen, rand(1, 2), texts, rand(2, 4), rand(8, 4), rand(8, 1))), here)
