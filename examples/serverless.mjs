// A serverless function: the first call of an instance loads the model, later calls find it loaded.
// NERIUM_MODEL=my-model node examples/serverless.mjs TEXT... calls it as a platform would.
import { load } from "nerium/infer";

let loading;

export async function handler({ text }) {
  loading ??= load(process.env.NERIUM_MODEL, { threads: 1 });
  try {
    const ner = await loading;
    return { statusCode: 200, body: JSON.stringify(await ner(text)) };
  } catch (error) {
    loading = undefined; // The next call tries again.
    return { statusCode: 500, body: JSON.stringify({ error: error.message }) };
  }
}

if (process.argv[1] === import.meta.filename)
  for (const text of process.argv.slice(2)) {
    const started = performance.now();
    const { statusCode, body } = await handler({ text });
    console.log(statusCode, body, `${(performance.now() - started).toFixed(0)} ms`);
  }
