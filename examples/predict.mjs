// Finds entities in texts: node examples/predict.mjs MODEL TEXT...
import { load } from "nerium";

const [model, ...texts] = process.argv.slice(2);
const ner = await load(model);
for (const [index, entities] of (await ner(texts, { threshold: 0.5 })).entries()) {
  console.log(texts[index]);
  for (const { type, text, start, end, score } of entities)
    console.log(`  ${type}  ${text}  ${start}-${end}  ${score.toFixed(2)}`);
}
await ner.dispose();
