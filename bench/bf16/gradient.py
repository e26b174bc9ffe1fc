"""The PyTorch side of bench/bf16/gradient.ts: how far the gradient in bf16 autocast is from that in fp32.

Reads the values of the classifier, then {"ids": [[…]], "labels": [[…]]} a line; answers {"all", "worst", "name", "losses"}.
"""
import contextlib, json, sys

import torch
from transformers import AutoModelForTokenClassification

folder, labels, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
torch.set_num_threads(threads)
model = AutoModelForTokenClassification.from_pretrained(folder, num_labels=labels, dtype=torch.float32)
model.train()
head = json.loads(sys.stdin.readline())
with torch.no_grad():
    for name, values in head.items():
        parameter = model.get_parameter(name)
        parameter.copy_(torch.tensor(values).reshape(parameter.shape))
print(json.dumps({"ready": True}), flush=True)
pad = model.config.pad_token_id or 0


def padded(rows, value):
    longest = max(map(len, rows))
    return torch.tensor([row + [value] * (longest - len(row)) for row in rows])


def gradients(task, autocast):
    model.zero_grad()
    ids, mask = padded(task["ids"], pad), padded([[1] * len(row) for row in task["ids"]], 0)
    with torch.autocast("cpu", dtype=torch.bfloat16) if autocast else contextlib.nullcontext():
        loss = model(input_ids=ids, attention_mask=mask, labels=padded(task["labels"], -100)).loss
    loss.backward()
    return loss.item(), {name: p.grad.double().clone() for name, p in model.named_parameters() if p.grad is not None}


for line in sys.stdin:
    task = json.loads(line)
    exact_loss, exact = gradients(task, False)
    rough_loss, rough = gradients(task, True)
    difference = {name: ((rough[name] - g) ** 2).sum().item() for name, g in exact.items()}
    length = {name: (g**2).sum().item() for name, g in exact.items()}
    distance = {name: (difference[name] / length[name]) ** 0.5 for name in exact if length[name] > 1e-12}
    worst = max((name for name in distance if "key.bias" not in name), key=distance.get)
    answer = {"all": (sum(difference.values()) / sum(length.values())) ** 0.5, "worst": distance[worst], "name": worst}
    print(json.dumps({**answer, "losses": [exact_loss, rough_loss]}), flush=True)
