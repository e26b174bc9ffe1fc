"""Makes small models beside this file, and what transformers' pipeline finds with them for every aggregation strategy.

    python test/infer/goldens/make.py    (transformers 5, torch)

The tokenizers are those of test/tokenize/goldens: WordPiece with and without capitals, byte-level BPE, Unigram. The models
have random weights: what they find means nothing, but it changes inside of words, which is what the strategies are about.
"""

import json
import random
import shutil
import tempfile
import warnings
from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import AutoModelForTokenClassification, AutoTokenizer, BertConfig, RobertaConfig, XLMRobertaConfig, pipeline

HERE = Path(__file__).parent
TOKENIZERS = HERE.parent.parent / "tokenize" / "goldens"
STRATEGIES = ["none", "simple", "first", "average", "max"]

IOB2 = ["O", "B-PER", "I-PER", "B-LOC", "I-LOC"]
BILOU = ["O", "B-PER", "I-PER", "L-PER", "U-PER", "B-E-MAIL", "I-E-MAIL"]
# Name of the tokenizer, configuration, labels, bias of O, texts.
MODELS = [
    ("bert-cased", BertConfig, IOB2, 3.0, 200),
    ("bert-uncased", BertConfig, ["O", "PER", "LOC"], 4.0, 60),
    ("roberta", RobertaConfig, IOB2, 5.5, 200),
    ("xlm-roberta", XLMRobertaConfig, BILOU, 5.0, 60),
]

PARTS = {
    "words": "Ada Lovelace met Charles Babbage in London and Zürich Göteborg Holešovice open treaty signed thirty-two O'Hara".split(),
    "marks": [".", ",", " - ", "(", ")", "'s", "n't", "...", "$5", "1,250", "3.5 kg", "U.S.", "&", "#tag", "a@b.org", "''", "_"],
    "emoji": ["😀", "🏳️‍🌈", "👩‍👩‍👧", "🇳🇴", "👍🏽", "❤️", "Ada😀met"],
    "combining": ["e\u0301t\u0327e\u0301", "a\u0301", "n\u0303o", "Z\u0308u\u0308", "o\u0300\u0301\u0302", "İ", "ﬁn", "ẞ", "½", "ｆｕｌｌ"],
    "cjk": ["東京", "東京都は大きい。", "서울", "北京欢迎你", "カタカナ", "ไทย"],
    "right-to-left": ["שלום", "עולם", "مرحبا", "القاهرة", "\u202babc\u202c", "שָׁלוֹם"],
    "space": ["\t", "\n", "\r\n", "  ", "\u00a0", "\u3000", "\u200b", "\n\n", " \t "],
    "odd": ["[SEP]", "</s>", "<mask>", "[UNK]", "\u0000", "\x07", "\ufffd", "##s", "▁a", "Ġ", "\u00ad"],
}


def texts():
    rng = random.Random(11)
    made = ["", " ", "Ada", "😀", "東京", "\n\tAda Lovelace\n", "Ada Lovelace met Charles Babbage in London.\tשלום 😀 東京"]
    kinds = list(PARTS)
    while len(made) < 200:
        other = kinds[1 + len(made) % (len(kinds) - 1)]
        text = ""
        for _ in range(rng.randint(2, 9)):
            kind = rng.choices(["words", other, rng.choice(kinds)], [4, 3, 1])[0]
            text += rng.choice(PARTS[kind]) + rng.choice([" ", " ", " ", ""])
        made.append(text)
    made[-4:] = [f"{made[place]} {made[place + 1]} {made[place + 2]}" * 3 for place in (20, 40, 60, 80)]
    return made


def split(text):
    return [word for word in text.replace("\x00", "").split(" ") if word]


def model(name, configuration, labels, bias, folder):
    tokenizer = AutoTokenizer.from_pretrained(TOKENIZERS / name)
    roberta = configuration is not BertConfig
    config = configuration(
        vocab_size=len(tokenizer), hidden_size=8, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        max_position_embeddings=514 if roberta else 512, type_vocab_size=1 if roberta else 2, pad_token_id=tokenizer.pad_token_id,
        id2label=dict(enumerate(labels)), label2id={label: id for id, label in enumerate(labels)})
    torch.manual_seed(7)
    made = AutoModelForTokenClassification.from_config(config)
    with torch.no_grad():
        for key, weight in made.named_parameters():
            if "LayerNorm" not in key:
                weight.normal_(0, 0.6)
        made.classifier.weight.normal_(0, 1.2)
        made.classifier.bias.zero_()
        made.classifier.bias[0] = bias
    files = HERE / name
    files.mkdir(exist_ok=True)
    save_file({key: value.half().float().contiguous() for key, value in made.state_dict().items()}, files / "model.safetensors", {"format": "pt"})
    config.architectures = [type(made).__name__]
    fields = {**config.to_diff_dict(), "architectures": config.architectures}
    (files / "config.json").write_text(json.dumps(fields, indent=2) + "\n")
    for source in [*(TOKENIZERS / name).iterdir(), *files.iterdir()]:
        shutil.copy(source, folder)


def compact(entity):
    """`[label or group, score, word, start, end]`, and the index of a piece."""
    label = entity.get("entity", entity.get("entity_group"))
    fields = [label, float(f"{entity['score']:.6f}"), entity["word"], entity["start"], entity["end"]]
    return fields + ([entity["index"]] if "index" in entity else [])


def found(folder, inputs, strategy, **options):
    ner = pipeline("token-classification", model=str(folder), aggregation_strategy=strategy, device="cpu", **options)
    split = bool(inputs) and isinstance(inputs[0], list)
    # One sentence of words is answered as a list of one.
    answers = [ner(each, is_split_into_words=True)[0] if split else ner(each) for each in inputs]
    return [[compact(entity) for entity in answer] for answer in answers]


warnings.simplefilter("ignore")
all_texts = texts()
lines = [{"texts": all_texts}]
for name, configuration, labels, bias, count in MODELS:
    with tempfile.TemporaryDirectory() as folder:
        model(name, configuration, labels, bias, folder)
        own = all_texts[:count]
        words = [words for words in map(split, all_texts[10:40]) if words]
        entry = {"name": name, "texts": count, "found": {strategy: found(folder, own, strategy) for strategy in STRATEGIES}}
        entry["withO"] = found(folder, own[:15], "simple", ignore_labels=[])
        entry["words"] = words
        entry["ofWords"] = {strategy: found(folder, words, strategy) for strategy in ["none", "average"]}
        lines.append(entry)
        print(name, {strategy: sum(map(len, all)) for strategy, all in entry["found"].items()})
(HERE / "aggregation.jsonl").write_text("".join(json.dumps(line, separators=(",", ":")) + "\n" for line in lines))
