"""Checks exported files with onnx.checker and runs them in onnxruntime, all sequences as one padded batch: TASK.json."""
import json
import sys

import numpy
import onnx
import onnxruntime

task = json.load(open(sys.argv[1]))
for file in task["checked"]:
    onnx.checker.check_model(file, full_check=True)

sequences, longest = task["sequences"], max(map(len, task["sequences"]))
ids = numpy.full((len(sequences), longest), task["padding"], dtype=numpy.int64)
mask = numpy.zeros_like(ids)
for row, sequence in enumerate(sequences):
    ids[row, : len(sequence)] = sequence
    mask[row, : len(sequence)] = 1
answers = []
for file in task["files"]:
    session = onnxruntime.InferenceSession(file, providers=["CPUExecutionProvider"])
    feeds = {"input_ids": ids, "attention_mask": mask, "token_type_ids": numpy.zeros_like(ids)}
    wanted = {each.name for each in session.get_inputs()}
    (logits,) = session.run(["logits"], {name: value for name, value in feeds.items() if name in wanted})
    answers.append([logits[row, : len(sequence)].tolist() for row, sequence in enumerate(sequences)])
print(json.dumps(answers))
