"""What Hugging Face's datasets writes as Parquet, ClassLabel names in its metadata.

pip install datasets; python datasets.py
"""
from pathlib import Path

from datasets import ClassLabel, Dataset, Features, List, Value

features = Features(
    {
        "id": Value("string"),
        "tokens": List(Value("string")),
        "ner_tags": List(ClassLabel(names=["O", "B-PER", "I-PER"])),
    }
)
rows = {"id": ["0", "1"], "tokens": [["Ada", "Lovelace", "é😀"], ["x"]], "ner_tags": [[1, 2, 0], [0]]}
Dataset.from_dict(rows, features=features).to_parquet(Path(__file__).parent / "datasets.parquet")
