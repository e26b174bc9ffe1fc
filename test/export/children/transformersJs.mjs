// transformers.js over an exported folder, in a process of its own: FOLDER DTYPE TEXTS (a JSON list). Prints its entities.
import { env, pipeline } from "@huggingface/transformers";

const [folder, dtype, texts] = process.argv.slice(2);
env.allowRemoteModels = false;
env.localModelPath = "";
const ner = await pipeline("token-classification", folder, { dtype });
const found = [];
for (const text of JSON.parse(texts)) found.push(await ner(text));
console.log(JSON.stringify(found));
await ner.dispose();
