"""The normalizer that transformers makes of a tokenizer.json with a cased BertNormalizer and of several tokenizer_config.json.

python normalizers.py
"""
import json
import os
import tempfile
from pathlib import Path

os.environ["HF_HUB_OFFLINE"] = "1"
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
from transformers import AutoTokenizer

HERE = Path(__file__).parent
CLASSES = [None, "BertTokenizer", "BertTokenizerFast", "DistilBertTokenizer", "ElectraTokenizerFast", "PreTrainedTokenizerFast"]
CONFIGS = [{"tokenizer_class": name} if name else {} for name in CLASSES]
CONFIGS += [{"do_lower_case": False}, {"do_lower_case": False, "strip_accents": True}, {"tokenize_chinese_chars": False}]

vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "Ada", "ada"]
tokenizer = Tokenizer(models.WordPiece({token: id for id, token in enumerate(vocabulary)}, unk_token="[UNK]"))
tokenizer.normalizer = normalizers.BertNormalizer(
    clean_text=False, handle_chinese_chars=False, strip_accents=False, lowercase=False)
tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()

golden = {"tokenizer": json.loads(tokenizer.to_str()), "normalizers": []}
for model_type in ["bert", "distilbert", "electra"]:
    for config in CONFIGS:
        with tempfile.TemporaryDirectory() as folder:
            tokenizer.save(f"{folder}/tokenizer.json")
            Path(folder, "tokenizer_config.json").write_text(json.dumps(config))
            Path(folder, "config.json").write_text(json.dumps({"model_type": model_type}))
            made = AutoTokenizer.from_pretrained(folder).backend_tokenizer
        normalizer = json.loads(made.to_str())["normalizer"]
        golden["normalizers"].append({"model_type": model_type, "config": config, "normalizer": normalizer})
(HERE / "normalizers.json").write_text(json.dumps(golden) + "\n")
