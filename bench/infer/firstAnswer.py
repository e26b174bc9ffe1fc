"""Starts transformers' pipeline in a new process and gets its first answer. Arguments: FOLDER THREADS TEXT."""
import sys

import torch
from transformers import pipeline

folder, threads, text = sys.argv[1:4]
torch.set_num_threads(int(threads))
print(len(pipeline("token-classification", model=folder, device="cpu", aggregation_strategy="simple")(text)))
