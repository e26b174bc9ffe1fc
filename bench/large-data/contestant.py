"""One start of `datasets` with a fast tokenizer, as in run_ner.py. Prints a `Start` of `run.ts` as JSON."""

import json
import random
import resource
import sys
import time

import datasets
from transformers import AutoTokenizer

file, folder, processes = sys.argv[1:]
datasets.disable_progress_bars()
datasets.utils.logging.set_verbosity_error()

begin = time.perf_counter()
tokenizer = AutoTokenizer.from_pretrained(folder)
data = datasets.load_dataset("json", data_files=file, split="train")
# The labels in a JSON file are strings, so run_ner.py reads all of them first.
label_list = sorted({tag for batch in data.iter(10_000) for tags in batch["ner_tags"] for tag in tags})
label_to_id = {label: number for number, label in enumerate(label_list)}


def tokenize_and_align_labels(examples):
    encoded = tokenizer(examples["tokens"], truncation=True, max_length=512, is_split_into_words=True)
    labels = []
    for number, tags in enumerate(examples["ner_tags"]):
        previous = None
        ids = []
        for word in encoded.word_ids(batch_index=number):
            ids.append(-100 if word is None or word == previous else label_to_id[tags[word]])
            previous = word
        labels.append(ids)
    encoded["labels"] = labels
    return encoded


mapped = data.map(
    tokenize_and_align_labels,
    batched=True,
    num_proc=int(processes) if int(processes) > 1 else None,
    remove_columns=data.column_names,
)
seconds = time.perf_counter() - begin

order = random.Random(1).sample(range(len(mapped)), min(32_000, len(mapped)))
middle = time.perf_counter()
drawn = 0
for batch in range(2000):
    for member in range(16):
        drawn += len(mapped[order[(batch * 16 + member) % len(order)]]["input_ids"])
batches = 2000 / (time.perf_counter() - middle)
memory = 1024 * max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))

tokens = sum(len(ids) for batch in mapped.iter(10_000) for ids in batch["input_ids"])
print(json.dumps({"seconds": seconds, "windows": len(mapped), "tokens": tokens, "batches": batches, "memory": memory, "drawn": drawn}))
