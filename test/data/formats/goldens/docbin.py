"""What spaCy writes as .spacy: symbols among words and types, a type with a space, white space, sentences, no annotations.

pip install spacy; python docbin.py
"""
from pathlib import Path

import spacy
from spacy.tokens import Doc, DocBin, Span

nlp = spacy.blank("en")
first = nlp("agent Ada Lovelace met\n the ORG Nexora in São Paulo. 😀")
first.ents = [first.char_span(6, 18, "PERSON"), first.char_span(32, 38, "ORG")]
second = Doc(
    nlp.vocab,
    words=["Turin", "rains", ".", "Go"],
    spaces=[True, False, True, False],
    sent_starts=[True, False, False, True],
    ents=["B-MY TYPE", "O", "O", "O"],
)
DocBin(docs=[first, second, Doc(nlp.vocab, words=["nothing"])]).to_disk(Path(__file__).parent / "docbin.spacy")
