"""Records a run of HF Trainer that `npm run parity` can replay: CPU, float32, no dropout, every step logged.

    $NERIUM_PYTHON bench/parity/record.py INIT OUT --data FOLDER \\
        --train "first 320 sentences of conll2003/train.txt" \\
        --validation "first 200 sentences of conll2003/valid.txt" \\
        --arguments '{"learning_rate": 0.005, "num_train_epochs": 2.5, "eval_strategy": "epoch", "seed": 3}'

INIT is a Hugging Face folder; one without a head gets the head that the seed gives, which is recorded. OUT gets
run.json, init/, final.safetensors and self-distance.json: how far the same run moves from itself with one thread
instead of two.
"""

import argparse
import json
import pathlib
import re
import shutil

import tokenizers
import torch
import transformers
from safetensors import safe_open
from safetensors.torch import save_file
from seqeval.metrics import accuracy_score, f1_score, precision_score, recall_score
from transformers import (
    AutoConfig,
    AutoModelForTokenClassification,
    AutoTokenizer,
    DataCollatorForTokenClassification,
    Trainer,
    TrainingArguments,
    set_seed,
)

CONLL = ["O", "B-PER", "I-PER", "B-ORG", "I-ORG", "B-LOC", "I-LOC", "B-MISC", "I-MISC"]
SAMPLE = 20


def sentences(folder, text):
    """Returns the words and tags of `first N sentences of FILE`, or of the whole `FILE`."""
    count, file = re.fullmatch(r"(?:first (\d+) sentences of )?(\S+?)(?:, whole)?", text).groups()
    found = []
    for block in re.split(r"\n\s*\n", (folder / file).read_text()):
        rows = [line.split() for line in block.splitlines() if line.strip() and not line.startswith("-DOCSTART-")]
        if rows:
            found.append(([row[0] for row in rows], [row[-1] for row in rows]))
    return found[: int(count) if count else None]


def encoded(pairs, tokenizer, labels):
    """Yields tokens and labels. Only the first token of a word has a label, as in run_ner.py."""
    for words, tags in pairs:
        pieces = tokenizer(words, is_split_into_words=True, truncation=True)
        word_ids = pieces.word_ids()
        pieces = {"input_ids": pieces["input_ids"], "attention_mask": pieces["attention_mask"]}
        pieces["labels"] = [
            labels.index(tags[word]) if word is not None and word != before else -100
            for before, word in zip([None, *word_ids], word_ids)
        ]
        yield pieces


class Recorder(Trainer):
    """A Trainer that records the sentences of each step. Equal sentences are recorded as the first of them."""

    def __init__(self, **settings):
        super().__init__(**settings)
        self.first, self.order = {}, []
        for index, example in enumerate(self.train_dataset):
            self.first.setdefault(tuple(example["input_ids"]), index)

    def training_step(self, model, inputs, *rest, **named):
        rows = zip(inputs["input_ids"].tolist(), inputs["attention_mask"].tolist())
        self.order.append([self.first[tuple(i for i, kept in zip(ids, mask) if kept)] for ids, mask in rows])
        return super().training_step(model, inputs, *rest, **named)


def scores(labels):
    def compute(prediction):
        pairs = [
            [(labels[p], labels[l]) for p, l in zip(row, own) if l != -100]
            for row, own in zip(prediction.predictions.argmax(-1), prediction.label_ids)
        ]
        predicted = [[p for p, _ in row] for row in pairs]
        gold = [[l for _, l in row] for row in pairs]
        return {
            "precision": precision_score(gold, predicted),
            "recall": recall_score(gold, predicted),
            "f1": f1_score(gold, predicted),
            "accuracy": accuracy_score(gold, predicted),
        }

    return compute


# The probabilities of all families, by their keys in config.json.
DROPOUT = [
    *("hidden_dropout_prob", "attention_probs_dropout_prob", "classifier_dropout"),
    *("dropout", "attention_dropout", "embedding_dropout", "mlp_dropout"),
]


def run(init, data, arguments, labels, threads, scratch):
    torch.set_num_threads(threads)
    settings = TrainingArguments(
        output_dir=str(scratch),
        use_cpu=True,
        report_to="none",
        disable_tqdm=True,
        **{"logging_steps": 1, "save_strategy": "no", **arguments},
    )
    set_seed(settings.seed)
    config = AutoConfig.from_pretrained(
        init, id2label=dict(enumerate(labels)), label2id={label: id for id, label in enumerate(labels)}
    )
    for key in DROPOUT:
        if hasattr(config, key):
            setattr(config, key, 0.0)
    tokenizer = AutoTokenizer.from_pretrained(init, add_prefix_space=True)
    model = AutoModelForTokenClassification.from_pretrained(init, config=config, dtype=torch.float32)
    with safe_open(init / "model.safetensors", "pt") as file:
        has_head = "classifier.weight" in file.keys()
    head = None if has_head else {name: p.tolist() for name, p in model.classifier.named_parameters()}
    train, validation = ([*encoded(pairs, tokenizer, labels)] for pairs in data)
    trainer = Recorder(
        model=model,
        args=settings,
        train_dataset=train,
        eval_dataset=validation,
        data_collator=DataCollatorForTokenClassification(tokenizer),
        compute_metrics=scores(labels),
        processing_class=tokenizer,
    )
    trainer.train()
    log = trainer.state.log_history
    names = ["step", "loss", "grad_norm", "learning_rate"]
    steps = [{name: entry[name] for name in names if name in entry} for entry in log if "loss" in entry]
    kept = ["eval_loss", "eval_precision", "eval_recall", "eval_f1", "eval_accuracy", "epoch"]
    evaluations = [{name: entry[name] for name in kept} for entry in log if "eval_loss" in entry]
    model.eval()
    with torch.no_grad():
        sample = [
            {"input_ids": each["input_ids"], "logits": model(torch.tensor([each["input_ids"]])).logits[0].tolist()}
            for each in validation[:SAMPLE]
        ]
    for each in sample:
        each["logits"] = [[round(value, 6) for value in row] for row in each["logits"]]
    weights = {name: value.clone().contiguous() for name, value in model.state_dict().items()}
    recorded = {"order": trainer.order, "steps": steps, "evaluations": evaluations, "sample": sample}
    return ({"head": head} if head else {}) | recorded, weights


def relative(a, b):
    return abs(a - b) / abs(b) if b else abs(a - b)


def self_distance(name, threads, one, other, weights, other_weights):
    """Returns an entry in the format of ../shared/reference/parity/self-distance.json."""
    pairs = [*zip(one["steps"], other["steps"])]
    spans = [n for n in [1, 10, 40, 80] if n < len(pairs)] + [len(pairs)]
    worst = lambda key, n: max(relative(b.get(key, 0), a.get(key, 0)) for a, b in pairs[:n])
    evaluated = [*zip(one["evaluations"], other["evaluations"])]
    return {
        "run": name,
        "threads": threads,
        "steps": len(pairs),
        "relative_loss_max": {f"first_{n}": worst("loss", n) for n in spans},
        "relative_grad_norm_max": {f"first_{n}": worst("grad_norm", n) for n in spans},
        "eval_loss_max": max((abs(a["eval_loss"] - b["eval_loss"]) for a, b in evaluated), default=0),
        "eval_f1_max": max((abs(a["eval_f1"] - b["eval_f1"]) for a, b in evaluated), default=0),
        "weights_max_without_key_bias": max(
            (value - other_weights[key]).abs().max().item()
            for key, value in weights.items()
            if not key.endswith(("attention.self.key.bias", "attention.k_lin.bias"))
        ),
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("init", type=pathlib.Path)
    parser.add_argument("out", type=pathlib.Path)
    parser.add_argument("--data", type=pathlib.Path, required=True)
    parser.add_argument("--train", default="first 320 sentences of conll2003/train.txt")
    parser.add_argument("--validation", default="first 200 sentences of conll2003/valid.txt")
    parser.add_argument("--arguments", type=json.loads, default={})
    given = parser.parse_args()

    named = json.loads((given.init / "config.json").read_text()).get("id2label")
    labels = [named[str(id)] for id in range(len(named))] if named else CONLL
    data = [sentences(given.data, text) for text in (given.train, given.validation)]
    scratch = given.out / "scratch"
    recorded, weights = run(given.init, data, given.arguments, labels, 2, scratch)
    again, other_weights = run(given.init, data, given.arguments, labels, 1, scratch)
    shutil.rmtree(scratch, ignore_errors=True)

    versions = {module.__name__: module.__version__ for module in (transformers, torch, tokenizers)}
    described = {
        "versions": versions,
        "data": {"train": given.train, "validation": given.validation},
        "labels": labels,
        "arguments": {"logging_steps": 1, "save_strategy": "no", "dropout": 0, **given.arguments},
    }
    (given.out / "run.json").write_text(json.dumps(described | recorded))
    shutil.copytree(given.init, given.out / "init", dirs_exist_ok=True)
    save_file(weights, given.out / "final.safetensors", metadata={"format": "pt"})
    distance = self_distance(given.out.resolve().name, 1, recorded, again, weights, other_weights)
    (given.out / "self-distance.json").write_text(json.dumps([distance], indent=1) + "\n")


if __name__ == "__main__":
    main()
