"""Parquet as pyarrow writes it, of many sentences: pages with dictionaries in Snappy, of version 2 with differences, and in
gzip and Zstandard.

pip install pyarrow; python pages.py
"""
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

WORDS = ["東京", "é😀"] + [f"word{number}" for number in range(40)]
tokens = [[WORDS[(7 * row + 3 * at * at) % len(WORDS)] for at in range(1 + row % 11)] for row in range(90)]
tags = [[(row + at * at) % 3 for at in range(len(words))] for row, words in enumerate(tokens)]
column = {"feature": {"names": ["O", "B-PER", "I-PER"], "_type": "ClassLabel"}, "_type": "List"}
features = json.dumps({"info": {"features": {"ner_tags": column}}})
table = pa.table({"tokens": tokens, "ner_tags": tags}).replace_schema_metadata({"huggingface": features})
here = Path(__file__).parent
pq.write_table(table, here / "dictionaries.parquet")
encodings = {"tokens.list.element": "DELTA_LENGTH_BYTE_ARRAY", "ner_tags.list.element": "DELTA_BINARY_PACKED"}
pq.write_table(
    table,
    here / "differences.parquet",
    use_dictionary=False,
    compression="none",
    data_page_version="2.0",
    column_encoding=encodings,
)
pq.write_table(table, here / "gzip.parquet", compression="gzip")
pq.write_table(table, here / "zstandard.parquet", compression="zstd", data_page_version="2.0")
