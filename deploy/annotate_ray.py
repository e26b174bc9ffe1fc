"""Annotation of a corpus by tasks of Ray: python annotate_ray.py. Model, corpus and output are in a folder that all nodes share."""

import subprocess

import ray

SHARES = 16
CPUS = 4

ray.init()


@ray.remote(num_cpus=CPUS, max_retries=10)
def annotate(share: int) -> None:
    subprocess.run(
        ["npx", "nerium", "annotate", "/shared/my-model", "/shared/corpus", "--output", "/shared/annotated"]
        + ["--shard", f"{share}/{SHARES}", "--threads", str(CPUS), "--quiet"],
        check=True,
    )


ray.get([annotate.remote(share) for share in range(SHARES)])
