// Finds entities in the browser: transformers.js runs the exported model, and nerium/web makes whole words and tags of its logits.
//
// Beside this file: node_modules/ with @huggingface/transformers and nerium, and models/my-model/, an exported model folder.
import { AutoModelForTokenClassification, AutoTokenizer, env } from "@huggingface/transformers";
import { entityFinder } from "nerium/web";

const name = "my-model";
env.allowRemoteModels = false;
env.allowLocalModels = true;
env.localModelPath = "./models/";
env.backends.onnx.wasm.wasmPaths = new URL("./node_modules/onnxruntime-web/dist/", location.href).href;

const [text, button, state, found] = ["text", "find", "state", "found"].map((id) =>
  document.getElementById(id),
);

/** Loads the model, with the file of its conditional random field if it has one. */
async function load() {
  const [tokenizer, model] = await Promise.all([
    AutoTokenizer.from_pretrained(name),
    // q8 is the name that transformers.js has for the smallest file, model_quantized.onnx.
    AutoModelForTokenClassification.from_pretrained(name, {
      dtype: new URLSearchParams(location.search).get("dtype") ?? "q8",
    }),
  ]);
  const crf = model.config.nerium?.crf
    ? await (await fetch(`./models/${name}/crf.safetensors`)).arrayBuffer()
    : undefined;
  return entityFinder({ tokenizer, model, crf });
}

/** Shows a text with its entities marked. */
function show(content, entities) {
  const parts = [];
  let at = 0;
  for (const { start, end, type, score } of entities) {
    const mark = document.createElement("mark");
    const label = document.createElement("small");
    label.textContent = type;
    mark.title = `${type}, score ${score.toFixed(4)}`;
    mark.append(content.slice(start, end), label);
    parts.push(content.slice(at, start), mark);
    at = end;
  }
  found.replaceChildren(...parts, content.slice(at));
}

try {
  const ner = await load();
  button.disabled = false;
  state.textContent = "Ready.";
  button.addEventListener("click", async () => {
    button.disabled = true;
    const begin = performance.now();
    try {
      const entities = await ner(text.value);
      show(text.value, entities);
      state.textContent = `${entities.length} entities in ${Math.round(performance.now() - begin)} ms.`;
    } catch (error) {
      state.textContent = error.message;
    }
    button.disabled = false;
  });
  // For tests and for the console.
  window.ner = ner;
} catch (error) {
  state.textContent = `The model could not be loaded: ${error.message}`;
}
