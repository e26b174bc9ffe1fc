"""Writes activations.json next to this script: transformers' activations and their gradients, in float64."""

import json
import pathlib

import torch
from transformers.activations import ACT2FN

names = ["gelu", "gelu_python", "gelu_new", "gelu_fast", "gelu_pytorch_tanh", "gelu_python_tanh", "relu", "silu", "swish"]
points = [-40.0, -6.0, -3.1, -1.5, -0.7, -0.01, 0.02, 0.4, 1.0, 2.3, 5.0, 41.0]
found = {}
for name in names:
    x = torch.tensor(points, dtype=torch.float64, requires_grad=True)
    y = ACT2FN[name](x)
    (gradient,) = torch.autograd.grad(y.sum(), x)
    found[name] = {"y": y.tolist(), "gradient": gradient.tolist()}
golden = {"x": points, "activations": found}
path = pathlib.Path(__file__).with_name("activations.json")
path.write_text(json.dumps(golden, indent=1) + "\n")
