"""The PyTorch side of bench/train-step: one training step per input line, on the batch in that line.

Reads {"ids": [[…]], "labels": [[…]], "learning_rate": …} and answers {"seconds": …, "loss": …}; at the end
{"peak_bytes": …}. Same setup as HF Trainer: padded batches, sdpa attention, fused AdamW, clipping at 1. With "bf16", the
forward pass runs in bf16 autocast.
"""
import contextlib, json, sys, time

import torch
from transformers import AutoModelForTokenClassification

folder, labels, threads, precision = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), (sys.argv[4:] or ["fp32"])[0]
torch.set_num_threads(threads)
torch.manual_seed(42)
model = AutoModelForTokenClassification.from_pretrained(folder, num_labels=labels, dtype=torch.float32)
model.train()
decayed = {name for name, _ in model.named_parameters() if not name.endswith("bias") and "LayerNorm" not in name}
groups = [
    {"params": [p for name, p in model.named_parameters() if name in decayed], "weight_decay": 0.0},
    {"params": [p for name, p in model.named_parameters() if name not in decayed], "weight_decay": 0.0},
]
optimizer = torch.optim.AdamW(groups, lr=2e-5, fused=True)
pad = model.config.pad_token_id or 0


def padded(rows, value):
    longest = max(map(len, rows))
    return torch.tensor([row + [value] * (longest - len(row)) for row in rows])


print(json.dumps({"ready": True, "attention": model.config._attn_implementation, "torch": torch.__version__}), flush=True)
for line in sys.stdin:
    task = json.loads(line)
    if "ids" not in task:
        break
    begin = time.perf_counter()
    ids = padded(task["ids"], pad)
    mask = padded([[1] * len(row) for row in task["ids"]], 0)
    targets = padded(task["labels"], -100)
    for group in optimizer.param_groups:
        group["lr"] = task["learning_rate"]
    autocast = torch.autocast("cpu", dtype=torch.bfloat16) if precision == "bf16" else contextlib.nullcontext()
    with autocast:
        loss = model(input_ids=ids, attention_mask=mask, labels=targets).loss
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad()
    value = loss.item()
    print(json.dumps({"seconds": time.perf_counter() - begin, "loss": value}), flush=True)

status = open("/proc/self/status").read()
peak = int(status.split("VmHWM:")[1].split()[0]) * 1024
print(json.dumps({"peak_bytes": peak}), flush=True)
