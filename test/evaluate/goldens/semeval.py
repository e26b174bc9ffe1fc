"""Counts entities with nervaluate 1.2.1, as SemEval-2013 does.

    $NERIUM_PYTHON test/evaluate/goldens/semeval.py > test/evaluate/goldens/semeval.json
    $NERIUM_PYTHON test/evaluate/goldens/semeval.py FILE    # of the tags in a JSON file: {"gold": […], "predicted": […]}

Tags are drawn at random, so that entities overlap in every way.
"""

import json
import random
import sys

from nervaluate import Evaluator

TYPES = ["LOC", "ORG", "PER"]


def sentence(rng, length):
    tags, previous = [], "O"
    for _ in range(length):
        draw = rng.random()
        if previous != "O" and draw < 0.5:
            tag = f"I-{previous}"
        elif draw < 0.75:
            tag = f"B-{rng.choice(TYPES)}"
        else:
            tag = "O"
        tags.append(tag)
        previous = tag[2:] if tag != "O" else "O"
    return tags


def other(rng, tags):
    """Mostly the same tags, some of them moved or of another type."""
    draw = rng.random()
    if draw < 0.3:
        return list(tags)
    if draw < 0.5:
        swapped = dict(zip(TYPES, rng.sample(TYPES, 3)))
        return [tag if tag == "O" else tag[:2] + swapped[tag[2:]] for tag in tags]
    return sentence(rng, len(tags))


def counts(result):
    fields = ["correct", "incorrect", "partial", "missed", "spurious", "possible", "actual", "precision", "recall", "f1"]
    return {name.replace("ent_type", "type"): {field: getattr(each, field) for field in fields} for name, each in result.items()}


def evaluated(gold, predicted):
    types = sorted({tag[2:] for tags in gold + predicted for tag in tags if tag != "O"})
    results = Evaluator(gold, predicted, tags=types, loader="list").evaluate()
    return {
        "overall": counts(results["overall"]),
        "types": {name: counts(results["entities"][name]) for name in types},
    }


if len(sys.argv) > 1:
    with open(sys.argv[1], encoding="utf-8") as file:
        data = json.load(file)
    print(json.dumps(evaluated(data["gold"], data["predicted"])))
else:
    rng = random.Random(1)
    cases = []
    for size in [1, 1, 1, 2, 5, 200]:
        gold = [sentence(rng, rng.randint(1, 12)) for _ in range(size)]
        predicted = [other(rng, tags) for tags in gold]
        cases.append({"gold": gold, "predicted": predicted, "result": evaluated(gold, predicted)})
    # An entity of 150 words, of which one word is found: less than nervaluate's 1%.
    gold = [["B-PER"] + ["I-PER"] * 149]
    predicted = [["B-PER"] + ["O"] * 149]
    cases.append({"gold": gold, "predicted": predicted, "result": evaluated(gold, predicted)})
    json.dump(cases, sys.stdout)
    print()
