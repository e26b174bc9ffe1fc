"""The PyTorch side of bench/gpu: trains a model on the batches of the file that its argument names, and prints the times.

The argument is the path of a JSON file: {"model", "device", "format", "attention", "threads", "batches": [{"ids", "labels"}]}. The same
setup as HF Trainer: padded batches, fused AdamW, clipping at 1. bf16 is autocast.
"""
import contextlib, json, sys, time

import torch
from transformers import AutoModelForTokenClassification

task = json.load(open(sys.argv[1]))
device = torch.device(task["device"])
torch.set_num_threads(task["threads"])
torch.manual_seed(42)
torch.set_float32_matmul_precision("high" if task["format"] == "tf32" else "highest")
model = AutoModelForTokenClassification.from_pretrained(
    task["model"], dtype=torch.float32, attn_implementation=task["attention"]
).to(device)
model.train()
optimizer = torch.optim.AdamW(model.parameters(), lr=2e-5, weight_decay=0.0, fused=True)
pad = model.config.pad_token_id or 0


def padded(rows, value):
    longest = max(map(len, rows))
    return torch.tensor([row + [value] * (longest - len(row)) for row in rows])


steps = []
for batch in task["batches"]:
    begin = time.perf_counter()
    ids = padded(batch["ids"], pad).to(device)
    mask = padded([[1] * len(row) for row in batch["ids"]], 0).to(device)
    targets = padded(batch["labels"], -100).to(device)
    bf16 = task["format"] == "bf16"
    with torch.autocast(device.type, dtype=torch.bfloat16) if bf16 else contextlib.nullcontext():
        loss = model(input_ids=ids, attention_mask=mask, labels=targets).loss
    loss.backward()
    torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    optimizer.step()
    optimizer.zero_grad()
    value = loss.item()
    if device.type == "cuda":
        torch.cuda.synchronize()
    seconds = time.perf_counter() - begin
    steps.append({"seconds": seconds, "tokens": sum(map(len, batch["ids"])), "loss": value})

status = open("/proc/self/status").read()
peak = int(status.split("VmHWM:")[1].split()[0]) * 1024
gpu = torch.cuda.max_memory_reserved() if device.type == "cuda" else None
print(json.dumps({"steps": steps, "hostBytes": peak, "gpuBytes": gpu}))
