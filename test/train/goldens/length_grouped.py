"""Writes length_grouped.json: the order of transformers' LengthGroupedSampler for some lengths and seeds.

python test/train/goldens/length_grouped.py > test/train/goldens/length_grouped.json
"""
import json

import torch
from transformers.trainer_pt_utils import LengthGroupedSampler

cases = []
for count, batch_size, seed in [(1, 4, 1), (7, 4, 2), (40, 3, 3), (100, 16, 42), (900, 2, 5)]:
    # Short lengths, so that many are equal.
    lengths = [3 + (index * 7919 + seed * 104729) % 23 for index in range(count)]
    sampler = LengthGroupedSampler(batch_size, lengths=lengths, generator=torch.Generator().manual_seed(seed))
    cases.append({"batchSize": batch_size, "seed": seed, "lengths": lengths, "order": list(sampler)})
print(json.dumps(cases, separators=(",", ":")))
