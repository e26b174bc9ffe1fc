"""Writes label_all_tokens.json: HF Trainer's evaluation results with and without run_ner.py's `label_all_tokens`.

python label_all_tokens.py && npx biome format --write label_all_tokens.json    (needs torch, transformers, accelerate, seqeval)

Model and tokenizer are those of test/infer/goldens and test/tokenize/goldens; words have several tokens. Token labels,
metrics and predictions.txt are those of run_ner.py. Scores in seqeval's strict mode are added.
"""

import json
import random
import shutil
import tempfile
from pathlib import Path

from seqeval.metrics import accuracy_score, f1_score, precision_score, recall_score
from seqeval.scheme import IOB2
from transformers import (
    AutoModelForTokenClassification,
    AutoTokenizer,
    DataCollatorForTokenClassification,
    Trainer,
    TrainingArguments,
    set_seed,
)

HERE = Path(__file__).parent
TESTS = HERE.parent.parent
LABELS = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
NAMES = {
    "PER": ["Ada Lovelace", "Charles Babbage", "Honoré Saint", "Harald Rue", "Jaromír Malmin"],
    "LOC": ["London", "Göteborgen", "Zürichsee", "Korea Japan", "Holešovice Brno", "Malmö"],
}
OTHERS = "met in on and the treaty signed old quick gardeners tulips Sunday paidly is page of kitten capitals".split()
ARGUMENTS = {
    "learning_rate": 2e-2,
    "num_train_epochs": 4,
    "per_device_train_batch_size": 4,
    "per_device_eval_batch_size": 4,
    "seed": 5,
    "eval_strategy": "epoch",
}


def sentence(rng):
    words, tags = [], []
    for _ in range(rng.randint(2, 6)):
        kind = rng.choice(["O", "PER", "LOC"])
        if kind == "O":
            words.append(rng.choice(OTHERS))
            tags.append("O")
            continue
        name = rng.choice(NAMES[kind]).split()
        words += name
        tags += [f"B-{kind}", *[f"I-{kind}"] * (len(name) - 1)]
    return {"words": words, "tags": tags}


def b_to_i(label):
    inside = label.replace("B-", "I-")
    return inside if label.startswith("B-") and inside in LABELS else label


def encoded(sentences, tokenizer, label_all_tokens):
    """Does the same as tokenize_and_align_labels in run_ner.py."""
    for each in sentences:
        pieces = tokenizer(each["words"], is_split_into_words=True, truncation=True)
        word_ids = pieces.word_ids()
        labels = []
        for before, word in zip([None, *word_ids], word_ids):
            if word is None:
                labels.append(-100)
            elif word != before:
                labels.append(LABELS.index(each["tags"][word]))
            else:
                labels.append(LABELS.index(b_to_i(each["tags"][word])) if label_all_tokens else -100)
        yield {"input_ids": pieces["input_ids"], "attention_mask": pieces["attention_mask"], "labels": labels}


def kept(prediction):
    """Returns the predicted and gold tags of all tokens with a label."""
    pairs = [
        [(LABELS[p], LABELS[l]) for p, l in zip(row, own) if l != -100]
        for row, own in zip(prediction.predictions.argmax(-1), prediction.label_ids)
    ]
    return [[p for p, _ in row] for row in pairs], [[l for _, l in row] for row in pairs]


def metrics(prediction):
    predicted, gold = kept(prediction)
    strict = {"mode": "strict", "scheme": IOB2}
    return {
        "precision": precision_score(gold, predicted),
        "recall": recall_score(gold, predicted),
        "f1": f1_score(gold, predicted),
        "accuracy": accuracy_score(gold, predicted),
        "strict_precision": precision_score(gold, predicted, **strict),
        "strict_recall": recall_score(gold, predicted, **strict),
        "strict_f1": f1_score(gold, predicted, **strict),
    }


def run(data, label_all_tokens, smoothing):
    with tempfile.TemporaryDirectory() as folder:
        for goldens in ["infer", "tokenize"]:
            shutil.copytree(TESTS / goldens / "goldens/bert-cased", folder, dirs_exist_ok=True)
        tokenizer = AutoTokenizer.from_pretrained(folder)
        arguments = {**ARGUMENTS, "label_smoothing_factor": smoothing}
        settings = TrainingArguments(
            output_dir=f"{folder}/out", use_cpu=True, report_to="none", disable_tqdm=True, save_strategy="no", **arguments
        )
        set_seed(settings.seed)
        model = AutoModelForTokenClassification.from_pretrained(
            folder, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0
        )
        train, validation, test = ([*encoded(data[split], tokenizer, label_all_tokens)] for split in data)
        trainer = Trainer(
            model=model,
            args=settings,
            train_dataset=train,
            eval_dataset=validation,
            data_collator=DataCollatorForTokenClassification(tokenizer),
            compute_metrics=metrics,
            processing_class=tokenizer,
        )
        trainer.train()
        prediction = trainer.predict(test, metric_key_prefix="eval")
    figures = lambda entry: {name: entry[f"eval_{name}"] for name in ["loss", *metrics(prediction)]}
    return {
        "arguments": {**arguments, "label_all_tokens": label_all_tokens},
        "evaluations": [figures(entry) for entry in trainer.state.log_history if "eval_loss" in entry],
        "test": figures(prediction.metrics),
        "predictions": [" ".join(tags) for tags in kept(prediction)[0]],
    }


rng = random.Random(3)
data = {split: [sentence(rng) for _ in range(count)] for split, count in [("train", 120), ("validation", 18), ("test", 11)]}
runs = [run(data, label_all_tokens, smoothing) for label_all_tokens, smoothing in [(False, 0), (True, 0), (True, 0.1)]]
(HERE / "label_all_tokens.json").write_text(json.dumps({"data": data, "runs": runs}, ensure_ascii=False) + "\n")
for each in runs:
    print(each["evaluations"], each["test"])
