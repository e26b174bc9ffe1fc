"""Records the runs of HF Trainer beside this file that the tests of parity replay.

    python test/train/parity/recordings/make.py [NAME]    (needs what bench/python/requirements.txt lists)

The data are sentences made here. The models have random weights, large enough that every layer matters; the tokenizers
are those of test/tokenize/goldens. bench/parity/record.py trains and records. tiny-bert is an encoder whose head comes
from the seed; tiny-roberta brings its head.
"""

import json
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

import torch
from safetensors.torch import save_file
from transformers import AutoConfig, AutoModelForTokenClassification, AutoTokenizer

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parents[3]
TYPES = ["PER", "ORG", "LOC"]
LABELS = ["O"] + [f"{mark}-{type}" for type in TYPES for mark in "BI"]
NAMES = {
    "PER": ["Ada Lovelace", "Charles Babbage", "O'Hara", "Anna Wolff", "Zoë Müller", "Mary", "Li Wei"],
    "ORG": ["Nexora", "Babbage & Sons", "the Ada Society", "Open Works", "BBC"],
    "LOC": ["London", "Zürich", "Göteborg", "Holešovice", "New Turin", "東京"],
}
FRAMES = [
    "{PER} met {PER} in {LOC} .",
    "{ORG} of {LOC} signed a treaty with {ORG} on Monday .",
    "Yesterday {PER} left {ORG} , and nobody in {LOC} knew why .",
    "The open road to {LOC} is thirty-two miles long .",
    "{PER} said : \" {ORG} is open . \"",
    "{LOC} , {LOC} and {LOC} are cities .",
    "Prices rose 3.5 % .",
]
TRAINING = {
    "tiny-bert": {
        "learning_rate": 0.03, "lr_scheduler_type": "linear", "warmup_steps": 6, "weight_decay": 0.01, "max_grad_norm": 0.5,
        "seed": 7,
    },
    "tiny-roberta": {"learning_rate": 0.01, "lr_scheduler_type": "cosine", "seed": 42},
    "tiny-distilbert": {"learning_rate": 0.01, "lr_scheduler_type": "cosine", "weight_decay": 0.05, "seed": 21},
    "tiny-electra": {"learning_rate": 0.03, "lr_scheduler_type": "linear", "warmup_steps": 6, "seed": 22},
    "tiny-deberta-v3": {"learning_rate": 0.01, "lr_scheduler_type": "cosine", "seed": 23},
    "tiny-deberta-v2": {"learning_rate": 0.01, "lr_scheduler_type": "cosine", "weight_decay": 0.05, "seed": 24},
    "tiny-deberta-c2p": {"learning_rate": 0.01, "lr_scheduler_type": "linear", "seed": 25},
    "tiny-modernbert": {"learning_rate": 0.005, "lr_scheduler_type": "cosine", "weight_decay": 0.05, "seed": 26},
    "tiny-eurobert": {"learning_rate": 0.005, "lr_scheduler_type": "cosine", "weight_decay": 0.05, "seed": 27},
}
SIZES = dict(hidden_size=12, num_hidden_layers=2, num_attention_heads=2, intermediate_size=24, max_position_embeddings=64)
RELATIVE = dict(relative_attention=True, type_vocab_size=0, position_biased_input=False)
# The tokenizer, the model_type and what differs from its defaults.
MODELS = {
    "tiny-bert": ("bert-cased", "bert", SIZES),
    "tiny-roberta": ("roberta", "roberta", {**SIZES, "max_position_embeddings": 130, "type_vocab_size": 1}),
    "tiny-distilbert": (
        "bert-cased", "distilbert", dict(dim=12, n_layers=2, n_heads=2, hidden_dim=24, max_position_embeddings=64)),
    "tiny-electra": ("bert-cased", "electra", {**SIZES, "embedding_size": 8}),
    # As DeBERTa-v3: sentences reach the shared rows of distances.
    "tiny-deberta-v3": ("bert-cased", "deberta-v2", {
        **SIZES, **RELATIVE, "pos_att_type": ["p2c", "c2p"], "share_att_key": True, "norm_rel_ebd": "layer_norm",
        "position_buckets": 8}),
    # As DeBERTa-v2-xlarge, and everything that it leaves out.
    "tiny-deberta-v2": ("bert-cased", "deberta-v2", {
        **SIZES, "relative_attention": True, "pos_att_type": "c2p|p2c", "share_att_key": False, "conv_kernel_size": 3,
        "conv_act": "gelu", "position_biased_input": True, "type_vocab_size": 2, "embedding_size": 8}),
    "tiny-deberta-c2p": ("bert-cased", "deberta-v2", {
        **SIZES, **RELATIVE, "pos_att_type": ["c2p"], "share_att_key": True, "max_relative_positions": 10}),
    "tiny-modernbert": ("roberta", "modernbert", {
        **SIZES, "max_position_embeddings": 130, "num_hidden_layers": 3, "local_attention": 6, "global_attn_every_n_layers": 2, "norm_bias": True,
        "attention_bias": True, "mlp_bias": True, "classifier_bias": True, "hidden_activation": "gelu_pytorch_tanh"}),
    "tiny-eurobert": ("roberta", "eurobert", {
        **SIZES, "max_position_embeddings": 130, "num_key_value_heads": 1, "head_dim": 8, "attention_bias": True, "mlp_bias": True,
        "rope_parameters": {"rope_type": "default", "rope_theta": 500.0}}),
}
# tiny-bert is an encoder whose head comes from the seed.
HEADLESS = {"tiny-bert"}
ALIKE = {
    "per_device_train_batch_size": 8, "per_device_eval_batch_size": 8, "num_train_epochs": 8, "eval_strategy": "epoch",
}


def sentence(rng):
    words, tags = [], []
    for word in rng.choice(FRAMES).split(" "):
        name = rng.choice(NAMES[word[1:-1]]).split(" ") if word[1:-1] in NAMES else None
        words += name or [word]
        tags += [f"{'I' if place else 'B'}-{word[1:-1]}" for place in range(len(name))] if name else ["O"]
    return "".join(f"{word} {tag}\n" for word, tag in zip(words, tags))


def write_data():
    rng = random.Random(5)
    (HERE / "data").mkdir(exist_ok=True)
    for split, count in [("train", 60), ("valid", 30)]:
        text = "-DOCSTART- O\n\n" + "\n".join(sentence(rng) for _ in range(count))
        (HERE / "data" / f"{split}.conll").write_text(text, encoding="utf-8")


def write_model(folder, tokenizer, model_type, differs, with_head):
    shutil.copytree(ROOT / "test/tokenize/goldens" / tokenizer, folder)
    stated = json.loads((folder / "tokenizer_config.json").read_text())
    if tokenizer == "roberta":
        stated["add_prefix_space"] = True
    (folder / "tokenizer_config.json").write_text(json.dumps(stated, indent=2) + "\n")
    pieces = AutoTokenizer.from_pretrained(folder)
    if tokenizer == "roberta" and model_type != "roberta":
        shutil.rmtree(folder)
        pieces.save_pretrained(folder)
        stated = json.loads((folder / "tokenizer_config.json").read_text())
        stated["tokenizer_class"] = "PreTrainedTokenizerFast"
        (folder / "tokenizer_config.json").write_text(json.dumps(stated, indent=2) + "\n")
    config = AutoConfig.for_model(
        model_type, vocab_size=len(pieces), pad_token_id=pieces.pad_token_id, id2label=dict(enumerate(LABELS)),
        label2id={label: id for id, label in enumerate(LABELS)}, **differs)
    torch.manual_seed(1)
    model = AutoModelForTokenClassification.from_config(config)
    architecture = type(model)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            if "norm" not in name.lower():
                weight.normal_(0, 0.3)
    config.architectures = [architecture.__name__ if with_head else architecture.__name__.replace("ForTokenClassification", "Model")]
    (folder / "config.json").write_text(json.dumps({**config.to_diff_dict(), "architectures": config.architectures}, indent=2) + "\n")
    # In 16 bits, to be small.
    kept = {name: value.half() for name, value in model.state_dict().items() if with_head or not name.startswith("classifier")}
    save_file(kept, folder / "model.safetensors", {"format": "pt"})


write_data()
with tempfile.TemporaryDirectory() as scratch:
    for name, model in MODELS.items():
        if sys.argv[1:] and name not in sys.argv[1:]:
            continue
        init = pathlib.Path(scratch) / name
        write_model(init, *model, name not in HEADLESS)
        shutil.rmtree(HERE / name, ignore_errors=True)
        arguments = json.dumps({**ALIKE, **TRAINING[name]})
        subprocess.run(
            [sys.executable, ROOT / "bench/parity/record.py", init, HERE / name, "--data", HERE / "data", "--arguments", arguments,
             "--train", "first 48 sentences of train.conll", "--validation", "first 24 sentences of valid.conll"],
            check=True)
        # A few sentences of the sample are enough.
        recorded = json.loads((HERE / name / "run.json").read_text())
        recorded["sample"] = recorded["sample"][:6]
        (HERE / name / "run.json").write_text(json.dumps(recorded, separators=(",", ":")) + "\n")
