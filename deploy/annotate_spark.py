"""Annotation of a corpus by tasks of Spark: spark-submit annotate_spark.py. Model, corpus and output are in a folder that all
executors share. Set spark.task.cpus to the threads of a task."""

import subprocess

from pyspark.sql import SparkSession

SHARES = 16

spark = SparkSession.builder.appName("annotate").getOrCreate()
threads = spark.conf.get("spark.task.cpus", "1")


def annotate(shares):
    for share in shares:
        subprocess.run(
            ["npx", "nerium", "annotate", "/shared/my-model", "/shared/corpus", "--output", "/shared/annotated"]
            + ["--shard", f"{share}/{SHARES}", "--threads", threads, "--quiet"],
            check=True,
        )
    return []


spark.sparkContext.parallelize(range(SHARES), SHARES).mapPartitions(annotate).count()
spark.read.json("/shared/annotated/*.jsonl").printSchema()
