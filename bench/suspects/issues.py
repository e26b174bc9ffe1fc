"""Reads labels and probabilities from data.json in a folder, and writes what cleanlab's token classification finds to found.json."""

import functools
import json
import sys
from pathlib import Path

import cleanlab
import numpy as np
from cleanlab.token_classification.filter import find_label_issues
from cleanlab.token_classification.rank import get_label_quality_scores

# cleanlab rounds counts by the order of equal numbers. numpy's usual sort leaves that order to the processor.
np.argsort = functools.partial(np.argsort, kind="stable")

folder = Path(sys.argv[1])
data = json.loads((folder / "data.json").read_text())
probabilities = [np.array(sentence) for sentence in data["probabilities"]]
issues = find_label_issues(data["labels"], probabilities, n_jobs=1)
scores, _ = get_label_quality_scores(data["labels"], probabilities)
found = {
    "version": cleanlab.__version__,
    "issues": [[int(sentence), int(word)] for sentence, word in issues],
    "byScore": [int(sentence) for sentence in np.argsort(scores)],
}
(folder / "found.json").write_text(json.dumps(found))
