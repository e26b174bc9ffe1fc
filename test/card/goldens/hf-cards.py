"""Writes hf-cards.json: cards, trainer_state.json and results as transformers' own code writes them.

python hf-cards.py && npx biome format --write hf-cards.json    (needs transformers and PyYAML; uses no network)

A case is the arguments of a run, its log, what is said about the card, and the card. The Trainer is a stand-in: only
`TrainingSummary.from_trainer` and `TrainerState` of transformers run.
"""
import json
import os
import tempfile
from pathlib import Path
from types import SimpleNamespace

os.environ["HF_HUB_OFFLINE"] = "1"
from transformers import TrainingArguments, __version__  # noqa: E402
from transformers.modelcard import TrainingSummary  # noqa: E402
from transformers.trainer_callback import TrainerState  # noqa: E402


class BertForTokenClassification:
    config = SimpleNamespace(_name_or_path=os.getcwd())


def evaluation(epoch, step, loss, precision, recall, f1, accuracy):
    return {"eval_loss": loss, "eval_precision": precision, "eval_recall": recall, "eval_f1": f1, "eval_accuracy": accuracy,
            "eval_runtime": 12.3457, "eval_samples_per_second": 16.2, "eval_steps_per_second": 1.053, "epoch": epoch, "step": step}


def log(epoch, step, loss):
    return {"loss": loss, "grad_norm": 1.5, "learning_rate": 1.25e-05, "epoch": epoch, "step": step}


LONG = [log(0.5, 500, 0.34567891), evaluation(1.0, 1000, 0.0812345678, 0.91234567, 0.9, 0.90613, 0.98),
        log(1.5, 1500, 0.00001), evaluation(2.0, 2000, 1e-05, 1.0, 1.0, 1.0, 1.0),
        log(2.123456, 2123, 12345.6789), evaluation(3.0, 3000, 1.5e-07, 0.5, 0.00004, 0.03125, 0.0)]
SHORT = [evaluation(1.0, 20, 0.5, 0.0, 0.0, 0.0, 0.83325), evaluation(2.0, 40, 0.25, 0.5, 0.5, 0.5, 0.9)]
HUGE = [log(1, 10, 1e16), evaluation(1.0, 10, 1e16, 0.25, 0.1, 0.123456789012, 0.99999)]
# The figures of the card roberta-large_ner_conll2003; the last evaluation is in full, as its metadata has it.
REFERENCE = [entry for loss, epoch, *scores in [
    (0.1227, 1, 0.0431, 0.9511, 0.9559, 0.9535, 0.9914), (0.0295, 2, 0.0334, 0.9541, 0.9657, 0.9599, 0.99301),
    (0.0163, 3, 0.0327, 0.9616, 0.9682, 0.9649, 0.9938), (0.0073, 4, 0.0342, 0.9624, 0.9692, 0.9658, 0.9939),
    (0.0042, 5, 0.0345, 0.9622389306599833, 0.9692022887916526, 0.9657080573488722, 0.9939449398387913),
] for entry in (log(float(epoch), 878 * epoch, loss), evaluation(float(epoch), 878 * epoch, *scores))]
CASES = [
    ({}, LONG, {"license": "mit", "dataset_tags": "conll2003", "dataset_args": "conll2003", "finetuned_from": "roberta-large"}),
    ({"gradient_accumulation_steps": 4, "label_smoothing_factor": 0.1, "warmup_steps": 100, "learning_rate": 0.001,
      "per_device_train_batch_size": 2, "per_device_eval_batch_size": 32, "seed": 7, "lr_scheduler_type": "cosine_with_restarts"},
     SHORT, {"language": ["de", "no"], "license": "apache-2.0", "tags": ["ner", "token-classification"],
             "dataset_tags": ["conll2003", "wnut_17"], "dataset_args": ["conll2003"], "finetuned_from": "google-bert/bert-base-cased"}),
    ({"max_steps": 3000, "warmup_steps": 0.1, "adam_beta2": 0.98, "adam_epsilon": 1e-06, "num_train_epochs": 2.5}, LONG,
     {"license": "other", "language": "en", "tags": "generated_from_trainer", "finetuned_from": "xlm-roberta-base"}),
    ({"num_train_epochs": 0.5}, HUGE, {"license": "cc-by-4.0", "tags": "ner", "dataset_tags": ["a", "b", "a"],
                                      "dataset_args": ["p", "q", "r"], "finetuned_from": "bert-base-cased"}),
    ({}, [log(0.5, 500, 0.25)], {"license": "mit", "dataset_tags": "conll2003", "finetuned_from": "bert-base-cased"}),
    ({}, SHORT, {"license": "mit", "dataset_tags": "conll2003"}),
    ({"learning_rate": 2e-05, "per_device_train_batch_size": 16, "per_device_eval_batch_size": 16, "seed": 42,
      "lr_scheduler_type": "cosine", "num_train_epochs": 5}, REFERENCE,
     {"license": "mit", "dataset_tags": "conll2003", "dataset_args": "conll2003", "finetuned_from": "roberta-large"}),
]


def make(arguments, history, said):
    args = TrainingArguments("model-of-test", use_cpu=True, report_to="none", **{"num_train_epochs": 3.0, **arguments})
    step = max(entry["step"] for entry in history)
    epoch = max(entry["epoch"] for entry in history)
    end = {"train_runtime": 100.0001, "train_samples_per_second": 480.0, "train_steps_per_second": 30.0, "total_flos": 0.0,
           "train_loss": 0.125, "epoch": epoch, "step": step}
    trainer = SimpleNamespace(args=args, model=BertForTokenClassification(), eval_dataset=None, train_dataset=None,
                              state=SimpleNamespace(log_history=[*history, end]))
    card = TrainingSummary.from_trainer(trainer, model_name="model-of-test", **json.loads(json.dumps(said))).to_model_card()
    return {"arguments": {key: getattr(args, key) for key in (
                "learning_rate", "train_batch_size", "eval_batch_size", "seed", "gradient_accumulation_steps", "adam_beta1",
                "adam_beta2", "adam_epsilon", "warmup_steps", "num_train_epochs", "max_steps", "label_smoothing_factor")}
            | {"lr_scheduler_type": args.lr_scheduler_type.value},
            "history": history, "said": said, "card": card}


def state():
    """A state of 3 steps, written as Trainer does it, and results as run_ner does it."""
    history = [{"loss": 2.0, "grad_norm": 0.75, "learning_rate": 2e-05, "epoch": 0.5, "step": 1},
               {"eval_loss": 0.5, "eval_precision": 1.0, "eval_recall": 0.1, "eval_f1": 0.18181818181818182, "eval_accuracy": 0.9,
                "eval_runtime": 1.2346, "eval_samples_per_second": 27.0, "eval_steps_per_second": 2.43, "epoch": 1.0, "step": 2},
               {"train_runtime": 7.0, "train_samples_per_second": 6.857, "train_steps_per_second": 0.429, "total_flos": 1.2e+20,
                "train_loss": 1.0, "epoch": 1.5, "step": 3}]
    trainer_state = TrainerState(epoch=1.5, global_step=3, max_steps=3, num_train_epochs=2, train_batch_size=16, eval_steps=1,
                                 log_history=history, total_flos=1.2e+20, best_metric=0.18181818181818182, best_global_step=2,
                                 best_model_checkpoint="out/größe/checkpoint-2")
    path = Path(tempfile.mkdtemp()) / "trainer_state.json"
    trainer_state.save_to_json(path)
    text = path.read_text(encoding="utf-8")
    path.unlink()
    results = {key: value for key, value in history[1].items() if key != "step"} | {"eval_samples": 33}
    return {"trainerState": text, "evalResults": json.dumps(results, indent=4, sort_keys=True)}


golden = {"transformers": __version__, "cards": [make(*case) for case in CASES], **state()}
Path(__file__).with_name("hf-cards.json").write_text(json.dumps(golden, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
