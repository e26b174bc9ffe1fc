"""transformers' pipeline: reads a JSON list of texts per line, and answers with one line of JSON: the entities by strategy.

    $NERIUM_PYTHON bench/infer/aggregation.py FOLDER THREADS

The model runs once for each text. The pipeline's own `postprocess` is called for each strategy.
"""
import json
import sys
import warnings

import torch
from transformers import logging, pipeline
from transformers.pipelines.token_classification import AggregationStrategy

warnings.simplefilter("ignore")
logging.set_verbosity_error()
folder, threads = sys.argv[1:3]
torch.set_num_threads(int(threads))
ner = pipeline("token-classification", model=folder, device="cpu")
print(json.dumps({"torch": torch.__version__}), flush=True)
for line in sys.stdin:
    answer = {strategy: [] for strategy in ["none", "simple", "first", "average", "max"]}
    for text in json.loads(line):
        outputs = [ner.forward(inputs) for inputs in ner.preprocess(text, is_split_into_words=False)]
        for strategy, found in answer.items():
            entities = ner.postprocess(outputs, AggregationStrategy(strategy))
            found.append([{**entity, "score": float(entity["score"])} for entity in entities])
    print(json.dumps(answer), flush=True)
