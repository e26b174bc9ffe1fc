"""Writes schedule.json beside this script: learning rates of transformers 5.23's schedules, update by update."""

import json
import pathlib

import torch
from transformers import get_scheduler

cases = [
    ("linear", {}),
    ("cosine", {}),
    ("cosine", {"num_cycles": 1.5}),
    ("cosine_with_restarts", {}),
    ("cosine_with_restarts", {"num_cycles": 3}),
    ("polynomial", {}),
    ("polynomial", {"power": 2.5, "lr_end": 1e-6}),
    ("constant", {}),
    ("constant_with_warmup", {}),
    ("inverse_sqrt", {}),
    ("inverse_sqrt", {"timescale": 50}),
    ("cosine_with_min_lr", {"min_lr": 1e-6}),
    ("cosine_with_min_lr", {"min_lr_rate": 0.1, "num_cycles": 0.75}),
    ("warmup_stable_decay", {"num_decay_steps": 9}),
    ("warmup_stable_decay", {"num_decay_steps": 9, "warmup_type": "cosine", "decay_type": "linear", "min_lr_ratio": 0.1}),
    ("warmup_stable_decay", {"num_decay_steps": 5, "num_stable_steps": 8, "warmup_type": "1-sqrt", "decay_type": "1-sqrt"}),
    ("warmup_stable_decay", {"num_decay_steps": 30, "num_cycles": 1.0}),
]
goldens = []
for kind, kwargs in cases:
    for warmup in [0, 1, 7]:
        total, rate = 31, 5e-5
        optimizer = torch.optim.AdamW([torch.nn.Parameter(torch.zeros(1))], lr=rate)
        scheduler = get_scheduler(kind, optimizer, warmup, total, kwargs)
        rates = []
        for _ in range(total):
            rates.append(scheduler.get_last_lr()[0])
            optimizer.step()
            scheduler.step()
        goldens.append({"type": kind, "kwargs": kwargs, "warmupSteps": warmup, "totalSteps": total, "learningRate": rate, "rates": rates})
lines = ",\n".join(json.dumps(golden) for golden in goldens)
(pathlib.Path(__file__).parent / "schedule.json").write_text(f"[\n{lines}\n]\n")
