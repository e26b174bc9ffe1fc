"""What Hugging Face's datasets writes: Parquet, and the folders of save_to_disk, ClassLabel names in their metadata.

pip install datasets; python datasets.py
"""
from pathlib import Path

from datasets import ClassLabel, Dataset, DatasetDict, Features, List, Value

features = Features(
    {
        "id": Value("string"),
        "tokens": List(Value("string")),
        "ner_tags": List(ClassLabel(names=["O", "B-PER", "I-PER"])),
    }
)
rows = {"id": ["0", "1"], "tokens": [["Ada", "Lovelace", "é😀"], ["x"]], "ner_tags": [[1, 2, 0], [0]]}
data = Dataset.from_dict(rows, features=features)
here = Path(__file__).parent
data.to_parquet(here / "datasets.parquet")
DatasetDict({"train": data, "validation": data.select([1])}).save_to_disk(here / "saved", num_shards={"train": 2, "validation": 1})
