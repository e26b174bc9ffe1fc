"""Makes the small vocabularies beside this file, and what transformers' tokenizers cut words into with them.

    python test/tokenize/goldens/make.py    (transformers 5, tokenizers, sentencepiece, protobuf)

A vocabulary that is there already stays as it is: training one gives another order of equals each time.
Three folders have only the old vocabulary files; `xlm-roberta` has a tokenizer.json, with a compiled normalisation table.
"""

import json
import random
import tempfile
from pathlib import Path

import sentencepiece
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import AutoTokenizer

HERE = Path(__file__).parent

TEXT = """Ada Lovelace met Charles Babbage in London. The café on Rue Saint-Honoré isn't open on Sundays.
Zürich and Malmö signed a treaty; its 1,250 pages weigh 3.5 kg. O'Hara's ship left Göteborg at 7:45.
東京 is the capital of Japan, 서울 of Korea. Не все города большие. She paid $5 (or 4.50 €) for it!
The quick gardener of Brno counted thirty-two tulips, and thirteen more near the old mill of Holešovice."""

ODD = ["[SEP]", "</s>", "<mask>", "x<mask>y", "[MASK]s", "a b", " ", "\u00a0", "\u0085", "\x01", "\u200b", "\ufeff", "a\u0301",
       "ﬁn", "İstanbul", "ẞ", "ÅNGSTRÖM", "東京都", "😀", "👩‍👩‍👧", "x" * 120, "'s", "n't", "''", "``", "_", "▁", "▁a", "##s", "Ġ", "½", "①", "ｆｕｌｌ"]


def sentences():
    rng = random.Random(5)
    words = TEXT.split()
    alphabet = sorted(set(TEXT) - {" ", "\n"}) + list("qjxzQJXZéßñ가あア ،।𝔄\u0327")
    result = [line.split() for line in TEXT.split("\n")] + [ODD] + [[word] for word in ODD]
    for _ in range(60):
        made = ["".join(rng.choices(alphabet, k=rng.randint(1, 9))) for _ in range(rng.randint(1, 6))]
        result.append(rng.sample(words, 4) + made)
    return [sentence for sentence in result if sentence]


def write(folder, name, content):
    (HERE / folder).mkdir(exist_ok=True)
    (HERE / folder / name).write_text(content if isinstance(content, str) else json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def bert(folder, lowercase, config):
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=lowercase)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(vocab_size=300, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"], show_progress=False)
    tokenizer.train_from_iterator(TEXT.split("\n"), trainer)
    vocab = sorted(tokenizer.get_vocab().items(), key=lambda entry: entry[1])
    write(folder, "vocab.txt", "".join(f"{token}\n" for token, _ in vocab))
    write(folder, "tokenizer_config.json", {"tokenizer_class": "BertTokenizer", **config})


def roberta(folder):
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    trainer = trainers.BpeTrainer(vocab_size=380, special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"], show_progress=False,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(TEXT.split("\n"), trainer)
    model = json.loads(tokenizer.to_str())["model"]
    write(folder, "vocab.json", json.dumps(model["vocab"], ensure_ascii=False))
    write(folder, "merges.txt", "#version: 0.2\n" + "".join(" ".join(merge) + "\n" for merge in model["merges"]))
    write(folder, "tokenizer_config.json", {"tokenizer_class": "RobertaTokenizer", "model_max_length": 512})


def xlm_roberta(folder):
    """Unigram as transformers converts it from SentencePiece, with rules for ligatures, full width and a few letters."""
    rules = [("ﬁ", "fi"), ("ﬀ", "ff"), ("½", "1⁄2"), ("①", "1"), ("\u00a0", " "), ("\u200b", ""), ("a\u0301", "á")]
    rules += [(chr(0xFF41 + i), chr(ord("a") + i)) for i in range(26)]
    with tempfile.TemporaryDirectory() as scratch:
        (Path(scratch) / "text").write_text(TEXT)
        hexes = lambda text: " ".join(f"{ord(character):X}" for character in text)
        (Path(scratch) / "rules.tsv").write_text("".join(f"{hexes(a)}\t{hexes(b)}\n" for a, b in rules))
        sentencepiece.SentencePieceTrainer.train(
            input=f"{scratch}/text", model_prefix=f"{scratch}/model", vocab_size=160, model_type="unigram", minloglevel=2,
            normalization_rule_tsv=f"{scratch}/rules.tsv", hard_vocab_limit=False)
        from sentencepiece import sentencepiece_model_pb2
        proto = sentencepiece_model_pb2.ModelProto()
        proto.ParseFromString((Path(scratch) / "model.model").read_bytes())
    pieces = [("<s>", 0.0), ("<pad>", 0.0), ("</s>", 0.0), ("<unk>", 0.0)]
    pieces += [(piece.piece, piece.score) for piece in proto.pieces[3:]] + [("<mask>", 0.0)]
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=3))
    tokenizer.normalizer = normalizers.Sequence([normalizers.Precompiled(proto.normalizer_spec.precompiled_charsmap),
                                                 normalizers.Replace(Regex(" {2,}"), " ")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    tokenizer.decoder = decoders.Metaspace()
    tokenizer.post_processor = processors.TemplateProcessing(
        single=["<s>", "$A", "</s>"], pair=["<s>", "$A", "</s>", "</s>", "$B", "</s>"], special_tokens=[("<s>", 0), ("</s>", 2)])
    tokenizer.add_special_tokens(["<s>", "<pad>", "</s>", "<unk>", "<mask>"])
    tokenizer.enable_truncation(512)
    tokenizer.enable_padding(pad_id=1, pad_token="<pad>")
    write(folder, "tokenizer.json", json.loads(tokenizer.to_str()))
    write(folder, "tokenizer_config.json", {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": int(1e30), "bos_token": "<s>",
                                            "cls_token": "<s>", "eos_token": "</s>", "sep_token": "</s>", "pad_token": "<pad>",
                                            "unk_token": "<unk>", "mask_token": "<mask>"})


MAKERS = {
    "bert-cased": lambda: bert("bert-cased", False, {"do_lower_case": False, "model_max_length": 64}),
    "bert-uncased": lambda: bert("bert-uncased", True, {}),
    "roberta": lambda: roberta("roberta"),
    "xlm-roberta": lambda: xlm_roberta("xlm-roberta"),
}
words = sentences()
golden = {"words": words, "tokens": {}}
for folder, make in MAKERS.items():
    if not (HERE / folder).exists():
        make()
    kwargs = {"add_prefix_space": True} if folder == "roberta" else {}
    tokenizer = AutoTokenizer.from_pretrained(HERE / folder, **kwargs)
    encoded = [tokenizer(sentence, is_split_into_words=True, truncation=False, padding=False) for sentence in words]
    golden["tokens"][folder] = {
        "class": type(tokenizer).__name__,
        "ids": [e.input_ids for e in encoded],
        "wordIds": [e.word_ids() for e in encoded],
    }
(HERE / "tokens.json").write_text(json.dumps(golden, ensure_ascii=True) + "\n")
