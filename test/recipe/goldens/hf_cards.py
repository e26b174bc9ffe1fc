"""Model cards as transformers' Trainer writes them, for the recipes that are read from them.

    python hf_cards.py > hf_cards.json
"""

import json
import tempfile
from types import SimpleNamespace

from transformers import TrainingArguments
from transformers.modelcard import TrainingSummary, extract_hyperparameters_from_trainer

CASES = {
    "defaults": {},
    "the reference": dict(
        learning_rate=2e-5,
        per_device_train_batch_size=16,
        per_device_eval_batch_size=16,
        num_train_epochs=5,
        lr_scheduler_type="cosine",
    ),
    "everything": dict(
        learning_rate=3e-5,
        per_device_train_batch_size=4,
        gradient_accumulation_steps=4,
        warmup_steps=0.1,
        max_steps=250,
        label_smoothing_factor=0.1,
        adam_beta2=0.98,
        adam_epsilon=1e-6,
        lr_scheduler_type="polynomial",
        optim="adamw_torch",
        seed=7,
    ),
    "another optimiser": dict(
        optim="adafactor",
        lr_scheduler_type="reduce_lr_on_plateau",
        warmup_steps=100,
        eval_strategy="epoch",
    ),
}

LINES = [
    {"Training Loss": "No log", "Epoch": 1.0, "Step": 20, "Validation Loss": 0.5, "F1": 0.7},
    {"Training Loss": 0.3, "Epoch": 2.0, "Step": 40, "Validation Loss": 0.4, "F1": 0.8},
]
BY_STEPS = [dict(line, Epoch=line["Step"] / 32) for line in LINES]


def card(arguments, lines):
    args = TrainingArguments(output_dir=tempfile.mkdtemp(), use_cpu=True, report_to="none", **arguments)
    return TrainingSummary(
        model_name="my-ner",
        license="mit",
        language="en",
        finetuned_from="dslim/bert-base-NER",
        tasks="token-classification",
        dataset="wnut_17",
        dataset_tags=["wnut_17"],
        dataset_args=["wnut_17"],
        dataset_metadata=[{"config": "wnut_17", "split": "validation"}],
        eval_results={"Loss": 0.4, "F1": 0.8},
        eval_lines=lines,
        hyperparameters=extract_hyperparameters_from_trainer(SimpleNamespace(args=args)),
    ).to_model_card()


print(
    json.dumps(
        {
            name: {"arguments": arguments, "card": card(arguments, BY_STEPS if name == "everything" else LINES)}
            for name, arguments in CASES.items()
        },
        indent=1,
    )
)
