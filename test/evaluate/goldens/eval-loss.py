"""Writes eval-loss.json: the eval_loss that transformers' Trainer gives for known losses of words.

python eval-loss.py && npx biome format --write eval-loss.json    (needs torch, transformers, accelerate)

The model is a table of logits, so that every word's cross-entropy is known; a label of -100 has none.
"""
import json
import tempfile
from pathlib import Path
from types import SimpleNamespace

import torch
from transformers import Trainer, TrainingArguments

LABELS = 5
torch.manual_seed(7)


class Table(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.logits = torch.nn.Embedding(50, LABELS)
        self.config = SimpleNamespace()

    def forward(self, input_ids, labels=None):
        logits = self.logits(input_ids)
        if labels is None:
            return {"logits": logits}
        return {"loss": torch.nn.functional.cross_entropy(logits.view(-1, LABELS), labels.view(-1)), "logits": logits}


def run(sentences, batch_size, unlabelled, smoothing):
    rng = torch.Generator().manual_seed(sentences)
    model = Table()
    data = []
    for index in range(sentences):
        ids = torch.randint(0, 50, (8,), generator=rng)
        labels = torch.randint(0, LABELS, (8,), generator=rng)
        labels[torch.rand(8, generator=rng) < 0.4] = -100
        if index in unlabelled:
            labels[:] = -100
        data.append({"input_ids": ids, "labels": labels})
    with tempfile.TemporaryDirectory() as folder:
        arguments = TrainingArguments(folder, per_device_eval_batch_size=batch_size, use_cpu=True, report_to="none",
                                      label_smoothing_factor=smoothing)
        trainer = Trainer(model, arguments, eval_dataset=data)
        loss = trainer.evaluate()["eval_loss"]
    words = []
    with torch.no_grad():
        for item in data:
            kept = item["labels"] != -100
            losses = torch.nn.functional.cross_entropy(model.logits(item["input_ids"][kept]), item["labels"][kept],
                                                       reduction="none", label_smoothing=smoothing)
            words.append([round(value, 7) for value in losses.tolist()])
    return {"batchSize": batch_size, "lossesBySentence": words, "loss": loss}


cases = [run(21, 4, {3}, 0.0), run(16, 8, set(), 0.0), run(13, 4, {4, 5, 6, 7}, 0.0), run(3, 16, {0}, 0.0), run(9, 2, set(), 0.1)]
Path(__file__).with_name("eval-loss.json").write_text(json.dumps(cases, separators=(",", ":")) + "\n")
print([case["loss"] for case in cases])
