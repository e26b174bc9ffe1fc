"""Hugging Face's Python client with your own server: python examples/client.py URL TEXT

pip install huggingface_hub
"""

import os
import sys

from huggingface_hub import InferenceClient

server, text = sys.argv[1:]
client = InferenceClient(server, token=os.environ.get("NERIUM_TOKEN"))
for entity in client.token_classification(text, aggregation_strategy="first"):
    print(entity.entity_group, text[entity.start : entity.end], f"{entity.start}-{entity.end}", f"{entity.score:.2f}")
