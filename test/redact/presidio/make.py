"""Records what Presidio's anonymizer makes of texts, for anonymize.test.ts.

    pip install presidio-anonymizer==2.2.366
    python test/redact/presidio/make.py > test/redact/presidio/recorded.json
"""

import json
import random
import sys

from presidio_anonymizer import AnonymizerEngine, DeanonymizeEngine
from presidio_anonymizer.entities import OperatorConfig, OperatorResult, RecognizerResult

choose = random.Random(29)
TEXTS = ["Ada  King met Åsa 😀 Öz.", "call 030 1234 5678", "x", "😀😀 and 𝒜da, Ada Ada"]
TYPES = ["PERSON", "PHONE_NUMBER", "LOCATION"]
SALT = "0123456789abcdef"
KEYS = ["0123456789abcdef", "0123456789abcdef01234567", "ключ0123456789abcdef01234567"]
OPERATORS = [
    {"type": "replace"},
    {"type": "replace", "new_value": "[😀]"},
    {"type": "redact"},
    {"type": "keep"},
    {"type": "mask", "masking_char": "*", "chars_to_mask": 3, "from_end": False},
    {"type": "mask", "masking_char": "#", "chars_to_mask": 4, "from_end": True},
    {"type": "mask", "masking_char": "*", "chars_to_mask": -1, "from_end": True},
    {"type": "hash", "salt": SALT},
    {"type": "hash", "hash_type": "sha512", "salt": SALT},
]


def configs(operators):
    return {
        name: OperatorConfig(each["type"], {key: value for key, value in each.items() if key != "type"})
        for name, each in operators.items()
    }


def answer(result):
    return json.loads(result.to_json())


def anonymized():
    for _ in range(80):
        text = choose.choice(TEXTS)
        results = []
        for _ in range(choose.randrange(6)):
            start = choose.randrange(len(text))
            results.append(
                {
                    "entity_type": choose.choice(TYPES),
                    "start": start,
                    "end": min(len(text), start + 1 + choose.randrange(6)),
                    "score": choose.choice([0.4, 0.85, 1.0]),
                }
            )
        operators = {name: choose.choice(OPERATORS) for name in choose.sample([*TYPES, "DEFAULT"], 2)}
        made = AnonymizerEngine().anonymize(
            text, [RecognizerResult(**each) for each in results], configs(operators)
        )
        yield {
            "body": {"text": text, "analyzer_results": results, "anonymizers": operators},
            "answer": answer(made),
        }


def encrypted():
    for key in KEYS:
        for text in ["Ada King", "", "Åsa 😀", "x" * 16]:
            whole = f"<{text}>"
            result = RecognizerResult("PERSON", 0, len(whole), 1.0)
            operator = {"PERSON": OperatorConfig("encrypt", {"key": key})}
            made = AnonymizerEngine().anonymize(whole, [result], operator)
            items = [OperatorResult(0, len(made.text), "PERSON", made.text, "encrypt")]
            back = DeanonymizeEngine().deanonymize(
                made.text, items, {"DEFAULT": OperatorConfig("decrypt", {"key": key})}
            )
            yield {"key": key, "encrypted": made.text, "answer": answer(back)}


json.dump({"anonymized": list(anonymized()), "encrypted": list(encrypted())}, sys.stdout, indent=1)
print()
