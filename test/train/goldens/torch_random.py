"""Writes torch_random.json next to this script: numbers drawn by the CPU generator of torch 2.15."""

import hashlib
import json
import pathlib

import numpy
import torch


def generator(seed):
    return torch.Generator().manual_seed(seed)


seeds = [0, 42, 2**32 - 1, 2**32 + 42]
permutations = []
for seed in seeds:
    for n in [1, 2, 3, 10, 1000, 65537]:
        order = torch.randperm(n, generator=generator(seed)).numpy()
        golden = {"seed": seed, "n": n}
        if n <= 10:
            golden["order"] = order.tolist()
        else:
            golden["sha256"] = hashlib.sha256(order.astype("<u4").tobytes()).hexdigest()
        permutations.append(golden)

normals = []
for seed in [0, 42, 2**32 - 1]:
    for count in [1, 2, 5, 15, 16, 17, 31, 32, 100]:
        values = torch.empty(count).normal_(0.0, 0.02, generator=generator(seed))
        normals.append({"seed": seed, "count": count, "values": [float(f"{v:.9g}") for v in values.tolist()]})

words = []
for seed in seeds:
    g = generator(seed)
    # The last of 2,000 numbers come after three more twists of the state.
    uniforms = torch.rand(2000, generator=g)
    words.append({"seed": seed, "uniforms": (uniforms.numpy().astype(numpy.float64) * 2**24).astype(int).tolist()[-5:]})

# The head of nine labels that HF's initialisation gives a model as wide as bert-base-cased; every 97th of its weights.
weights = torch.empty(9, 768).normal_(0.0, 0.02, generator=generator(42)).flatten()[::97].tolist()
head = {"seed": 42, "count": 9 * 768, "every": 97, "values": [float(f"{v:.9g}") for v in weights]}

goldens = {"permutations": permutations, "normals": normals, "uniforms": words, "head": head}
(pathlib.Path(__file__).parent / "torch_random.json").write_text(json.dumps(goldens) + "\n")
