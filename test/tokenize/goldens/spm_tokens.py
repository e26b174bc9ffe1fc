"""Prints the tokens that transformers gives for lines, by folders that have a SentencePiece model alone.

    npx tsx test/tokenize/goldens/sentencepiece.ts

writes sentencepiece.json with it. Needs the packages sentencepiece 0.2.3 and protobuf, too.

DeBERTa's models are converted by transformers' DebertaV2Converter, as transformers 4 loads them: the class of
transformers 5 leaves out the normalization rules of the model, with which it was pretrained.
"""

import json
import pathlib
import sys
from types import SimpleNamespace

import sentencepiece
from tokenizers import AddedToken
from transformers import CamembertTokenizer, TokenizersBackend, XLMRobertaTokenizer
from transformers.convert_slow_tokenizer import DebertaV2Converter

NAMED = {"cls_token": "[CLS]", "sep_token": "[SEP]", "unk_token": "[UNK]", "pad_token": "[PAD]", "mask_token": "[MASK]"}


def deberta(folder):
    model = folder / "spm.model"
    config = json.loads((folder / "tokenizer_config.json").read_text())
    slow = SimpleNamespace(
        vocab_file=str(model),
        do_lower_case=config.get("do_lower_case", False),
        split_by_punct=config.get("split_by_punct", False),
        convert_tokens_to_ids=sentencepiece.SentencePieceProcessor(model_file=str(model)).piece_to_id,
    )
    # As transformers 4's DebertaV2Tokenizer does.
    unknown = AddedToken("[UNK]", normalized=True, special=True)
    return TokenizersBackend(tokenizer_object=DebertaV2Converter(slow).converted(), **NAMED | {"unk_token": unknown})


MAKERS = {"xlm-roberta": XLMRobertaTokenizer.from_pretrained, "camembert": CamembertTokenizer.from_pretrained}

given = json.load(sys.stdin)
tokens = {}
for path in sorted(pathlib.Path(sys.argv[1]).iterdir()):
    tokenizer = MAKERS.get(path.name, deberta)(path)
    words = tokenizer(given["words"], is_split_into_words=True)
    tokens[path.name] = {
        "lines": tokenizer(given["lines"]).input_ids,
        "words": words.input_ids,
        "wordIds": [words.word_ids(index) for index in range(len(given["words"]))],
    }
json.dump(tokens, sys.stdout)
