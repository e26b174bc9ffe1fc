"""Loads a model folder with transformers and scores it with seqeval.

    $NERIUM_PYTHON bench/python/evaluate_folder.py FOLDER FILE

FILE has CoNLL columns, with the token first and the tag last. Any warning during loading is an error.
"""
import logging
import sys
import warnings

import torch
from seqeval.metrics import classification_report, f1_score
from transformers import AutoModelForTokenClassification, AutoTokenizer

folder, file = sys.argv[1:3]
said = []


class Listener(logging.Handler):
    def emit(self, record):
        said.append(record.getMessage())


logging.getLogger("transformers").addHandler(Listener(level=logging.WARNING))
warnings.simplefilter("error")
tokenizer = AutoTokenizer.from_pretrained(folder)
model = AutoModelForTokenClassification.from_pretrained(folder).eval()
warnings.simplefilter("default")
if said:
    sys.exit("Loading warned: " + "; ".join(said))

sentences, current = [], []
for line in open(file, encoding="utf8"):
    columns = line.split()
    if columns and columns[0] != "-DOCSTART-":
        current.append((columns[0], columns[-1]))
    elif current:
        sentences.append(current)
        current = []
if current:
    sentences.append(current)

gold = [[tag for _, tag in sentence] for sentence in sentences]
predicted = [["O"] * len(sentence) for sentence in sentences]
order = sorted(range(len(sentences)), key=lambda index: len(sentences[index]))
with torch.inference_mode():
    for first in range(0, len(order), 32):
        batch = order[first : first + 32]
        words = [[word for word, _ in sentences[index]] for index in batch]
        inputs = tokenizer(words, is_split_into_words=True, padding=True, return_tensors="pt")
        labels = model(**inputs).logits.argmax(-1)
        for row, index in enumerate(batch):
            seen = set()
            for place, word in enumerate(inputs.word_ids(row)):
                if word is not None and word not in seen:
                    seen.add(word)
                    predicted[index][word] = model.config.id2label[labels[row, place].item()]
print(classification_report(gold, predicted, digits=4))
print("F1", f1_score(gold, predicted))
