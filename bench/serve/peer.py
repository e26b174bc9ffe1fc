"""The peer of bench/serve: a FastAPI server around transformers' pipeline(), as Hugging Face's inference toolkit does it: the
pipeline runs in a thread pool of one thread, one request at a time.

    python peer.py MODEL PORT THREADS
"""
import asyncio, sys
from concurrent.futures import ThreadPoolExecutor

import torch
import uvicorn
from fastapi import FastAPI, Request
from transformers import pipeline

model, port, threads = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
torch.set_num_threads(threads)
ner = pipeline("token-classification", model=model, tokenizer=model, aggregation_strategy="simple", device="cpu")
pool = ThreadPoolExecutor(max_workers=1)
app = FastAPI()


def plain(found):
    return [{**entity, "score": float(entity["score"])} for entity in found]


@app.post("/")
async def predict(request: Request):
    body = await request.json()
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(pool, lambda: plain(ner(body["inputs"], **body.get("parameters", {}))))


@app.get("/readyz")
async def ready():
    return {"status": "ready"}


uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")
