"""Writes the golden safetensors files beside this script with the Python library (safetensors 0.8, torch 2.15)."""

import json
import pathlib

import torch
from safetensors.torch import save_file

here = pathlib.Path(__file__).parent

halves = torch.tensor(
    # 1, -2, largest, smallest normal, largest and smallest subnormal, ±0, ±inf, NaN
    [0x3C00, 0xC000, 0x7BFF, 0x0400, 0x03FF, 0x0001, 0x8001, 0x0000, 0x8000, 0x7C00, 0xFC00, 0x7E00],
    dtype=torch.int32,
).to(torch.int16)
brains = torch.tensor(
    [0x3F80, 0xC000, 0x7F7F, 0x0080, 0x007F, 0x0001, 0x8001, 0x0000, 0x8000, 0x7F80, 0xFF80, 0x7FC0],
    dtype=torch.int32,
).to(torch.int16)
tensors = {
    "half": halves.view(torch.float16).reshape(3, 4),
    "brain": brains.view(torch.bfloat16).reshape(2, 6),
    "single": torch.tensor([1.5, -0.0, float("inf"), float("-inf"), float("nan"), 1e-45, 3.4028235e38, 0.1]),
    "double": torch.tensor([0.1, 1e300, -1e-300, 1 + 2**-24], dtype=torch.float64),
    "scalar": torch.tensor(7.0),
    "empty": torch.zeros(0, 3),
    "ids": torch.arange(3),
}
save_file(tensors, here / "types.safetensors", {"format": "pt"})
bits = {name: t.float().flatten().view(torch.int32).tolist() for name, t in tensors.items() if t.is_floating_point()}
(here / "types.json").write_text(json.dumps(bits) + "\n")

# What the writer must equal byte for byte: names that sort by bytes, not by UTF-16 units; shapes of every rank.
written = {
    "z.weight": torch.arange(6, dtype=torch.float32).reshape(2, 3) / 4,
    "a.bias": torch.tensor([-1.0]),
    "😀": torch.tensor([2.0]),
    "\ufb01 \"quoted\" \\ \n": torch.tensor([3.0]),
    "scalar": torch.tensor(0.5),
    "empty": torch.zeros(0),
}
save_file(written, here / "written.safetensors", {"format": "pt"})
save_file(written, here / "written-bare.safetensors")
