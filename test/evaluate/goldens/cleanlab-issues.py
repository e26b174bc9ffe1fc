"""Runs cleanlab's token classification on data.json in a folder, and writes found.json. Needs cleanlab 2.9.0.

The test compares with this, and cleanlab-issues.json has what it found in two of the cases:

    NERIUM_CLEANLAB=PYTHON npx vitest run test/evaluate/confidentLearning.test.ts
"""

import functools
import json
import sys
from pathlib import Path

import numpy as np
from cleanlab.token_classification.filter import find_label_issues
from cleanlab.token_classification.rank import get_label_quality_scores

# cleanlab rounds counts by the order of equal numbers. numpy's usual sort leaves that order to the processor.
np.argsort = functools.partial(np.argsort, kind="stable")

folder = Path(sys.argv[1])
data = json.loads((folder / "data.json").read_text())
probabilities = [np.array(sentence) for sentence in data["probabilities"]]
issues = find_label_issues(data["labels"], probabilities, n_jobs=1)
sentence_scores, _ = get_label_quality_scores(data["labels"], probabilities)
found = {"issues": [[int(i), int(j)] for i, j in issues], "sentence_scores": list(map(float, sentence_scores))}
(folder / "found.json").write_text(json.dumps(found))
