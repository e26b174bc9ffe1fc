"""transformers' pipeline in bench/infer/speed.ts: answers each line of JSON with one line of JSON.

    $NERIUM_PYTHON bench/infer/pipeline.py FOLDER THREADS

{"texts": [...], "batch": 16} → {"seconds": …}; {"single": [...]} → {"seconds": [one per text]}; {"memory": true} → {"bytes": …}
"""
import json
import sys
import time
import warnings

import torch
from transformers import logging, pipeline

warnings.simplefilter("ignore")
logging.set_verbosity_error()
logging.disable_progress_bar()
folder, threads = sys.argv[1:3]
torch.set_num_threads(int(threads))
ner = pipeline("token-classification", model=folder, device="cpu", aggregation_strategy="simple")
print(json.dumps({"torch": torch.__version__}), flush=True)


def timed(work):
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


for line in sys.stdin:
    task = json.loads(line)
    if "texts" in task:
        answer = {"seconds": timed(lambda: ner(task["texts"], batch_size=task["batch"]))}
    elif "single" in task:
        answer = {"seconds": [timed(lambda: ner(text)) for text in task["single"]]}
    else:
        status = open("/proc/self/status").read()
        answer = {"bytes": int(status.split("VmRSS:")[1].split()[0]) * 1024}
    print(json.dumps(answer), flush=True)
