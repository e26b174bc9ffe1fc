"""Writes hf_arguments.json beside this script: the arguments of transformers 5.23's Trainer and their defaults."""

import dataclasses
import json
import pathlib

from transformers import TrainingArguments


def standard(field):
    value = field.default if field.default is not dataclasses.MISSING else field.default_factory()
    return str(value.value) if hasattr(value, "value") else value


defaults = {field.name: standard(field) for field in dataclasses.fields(TrainingArguments)}
(pathlib.Path(__file__).parent / "hf_arguments.json").write_text(json.dumps(defaults, indent=1) + "\n")
