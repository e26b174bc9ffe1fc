"""Writes seqeval.json.gz: what seqeval 1.2.2 says about random and malformed tag sequences.

python seqeval.py    (needs seqeval==1.2.2; the result does not depend on anything else)

A case is [gold, predicted, scheme, recognised scheme, default, strict]. Tags are numbers into "tags". "default" and "strict" are
[type names, [precision, recall, f1, support] of micro, macro, weighted and each type, accuracy, report]; strict is
null where seqeval raises. The report, with "digits", is kept for a part of the cases. NaN is null.
"""
import gzip
import json
import random
import sys
import warnings
from pathlib import Path

sys.path.pop(0)
warnings.filterwarnings("ignore")
import seqeval.scheme as schemes  # noqa: E402
from seqeval.metrics import accuracy_score, classification_report  # noqa: E402
from seqeval.metrics.v1 import precision_recall_fscore_support as strict_scores  # noqa: E402
from seqeval.metrics.sequence_labeling import get_entities, precision_recall_fscore_support  # noqa: E402
from seqeval.metrics.v1 import unique_labels  # noqa: E402

DIGITS = 4
SCHEMES = {"IOB1": "BIO", "IOB2": "BIO", "IOE1": "EIO", "IOE2": "EIO", "IOBES": "BIESO", "BILOU": "BILUO"}
ODD = ["B", "I", "E", "S", "L", "U", "O", ".", "-", "--", "B-", "B--", "B-a-b", "I-a-b", "I-a-b-", "B--x", "B_", "Bx",
       "B-PER", "I-PER", "E-PER", "S-PER", "L-PER", "U-PER", "X-PER", "O-PER", "b-per", ".-PER", "PER", "LABEL_1",
       "Other", "B-first_name", "I-first_name", "E-first_name", "B-日本", "I-日本", "😀", "😀-X", "B-😀", "B-\uffee", "I-"]
tags = {}


def number(tag):
    return tags.setdefault(tag, len(tags))


def sentence(rng, scheme, types, length):
    """Tags of a scheme, well-formed for the greater part."""
    out = []
    while len(out) < length:
        kind = rng.choice(types)
        size = min(rng.choice([1, 1, 2, 3]), length - len(out))
        if rng.random() < 0.5:
            out.append("O")
        elif scheme in ("IOB1", "IOB2"):
            first = "B" if scheme == "IOB2" or (out and out[-1][1:] == "-" + kind) else "I"
            out += [f"{first}-{kind}"] + [f"I-{kind}"] * (size - 1)
        elif scheme in ("IOE1", "IOE2"):
            out += [f"I-{kind}"] * (size - 1) + [f"{'E' if scheme == 'IOE2' else 'I'}-{kind}"]
        else:
            single, last = ("S", "E") if scheme == "IOBES" else ("U", "L")
            out += [f"{single}-{kind}"] if size == 1 else [f"B-{kind}"] + [f"I-{kind}"] * (size - 2) + [f"{last}-{kind}"]
    return out


def noisy(rng, seq, pool, rate):
    return [rng.choice(pool) if rng.random() < rate else tag for tag in seq]


def figures(names, score, true, pred, report):
    def row(average):
        return [float(value) for value in score(average)[:3]] + [int(score(average)[3])]
    per_type = score(None)
    rows = [row(average) for average in ("micro", "macro", "weighted")]
    rows += [[float(p), float(r), float(f), int(s)] for p, r, f, s in zip(*per_type)]
    return [names, rows, accuracy_score(true, pred), report() if report and names else None]


def make(rng, index):
    scheme = rng.choice(list(SCHEMES))
    kind = index % 8
    types = rng.sample(["PER", "LOC", "ORG", "MISC", "a-b", "first_name", "日本", "😀", "\uffee", "x", "-y", "z-", "_"], rng.choice([1, 2, 4, 8, 11]))
    count = rng.choice([1, 1, 2, 3, 5])
    if kind == 7:  # many types: numpy sums them in pairs
        types = [f"T{i}" for i in range(rng.choice([7, 8, 9, 17, 40, 70]))]
        count = rng.choice([5, 10])
    if index in (7, 15, 23, 31):
        types = [f"T{i}" for i in range({7: 129, 15: 150, 23: 200, 31: 300}[index])]
        count = 60
    true = [sentence(rng, scheme, types, rng.choice([0, 1, 2, 5, 8, 12]) if kind != 7 else 12) for _ in range(count)]
    if not any(true):
        true[0] = ["O"]
    pool = ["O"] + [f"{p}-{t}" for p in SCHEMES[scheme] if p != "O" for t in types]
    if kind in (0, 1, 2, 7):
        pred = [noisy(rng, seq, pool, rng.choice([0.05, 0.2, 0.5])) for seq in true]
    elif kind == 3:
        pred = [["O"] * len(seq) for seq in true]
        if rng.random() < 0.5:
            true, pred = pred, true
    elif kind == 4:
        true = [noisy(rng, seq, pool, 1) for seq in true]
        pred = [noisy(rng, seq, pool, 0.4) for seq in true]
    elif kind == 5:
        everything = [f"{p}-{t}" for p in "BIESLU" for t in types] + ["O"]
        true = [noisy(rng, seq, everything, 0.5) for seq in true]
        pred = [noisy(rng, seq, everything, 0.3) for seq in true]
    else:
        true = [noisy(rng, seq, ODD, 0.9) for seq in true]
        pred = [noisy(rng, seq, ODD, 0.4) for seq in true]
    return true, pred, scheme


def main():
    rng = random.Random(20220704)
    cases = []
    for index in range(3000):
        true, pred, scheme = make(rng, index)
        with_report = index % 10 in (0, 7)
        names = sorted({name for name, _, _ in get_entities(true)} | {name for name, _, _ in get_entities(pred)})
        default = figures(
            names, lambda average: precision_recall_fscore_support(true, pred, average=average), true, pred,
            with_report and (lambda: classification_report(true, pred, digits=DIGITS)))
        token = getattr(schemes, scheme)
        try:
            names = unique_labels(true, pred, token)
            strict = figures(
                names, lambda average: strict_scores(true, pred, average=average, scheme=token), true, pred,
                with_report and (lambda: classification_report(true, pred, digits=DIGITS, mode="strict", scheme=token)))
        except (KeyError, ValueError):
            strict = None
        try:
            detected = schemes.auto_detect(true).__name__
        except ValueError:
            detected = None
        encode = lambda sentences: [[number(tag) for tag in seq] for seq in sentences]  # noqa: E731
        cases.append([encode(true), encode(pred), scheme, detected, default, strict])
    text = json.dumps({"digits": DIGITS, "tags": list(tags), "cases": cases}, ensure_ascii=False, separators=(",", ":"))
    text = text.replace("NaN", "null")
    path = Path(__file__).with_name("seqeval.json.gz")
    path.write_bytes(gzip.compress(text.encode(), 9, mtime=0))
    print(f"{len(cases)} cases, {sum(case[5] is None for case in cases)} refused in strict mode, {path.stat().st_size} bytes")


main()
