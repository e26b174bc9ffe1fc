// Hugging Face's JavaScript client with your own server: node examples/huggingface.mjs URL TEXT
// npm install @huggingface/inference
import { InferenceClient } from "@huggingface/inference";

const [server, text] = process.argv.slice(2);
const client = new InferenceClient(process.env.NERIUM_TOKEN, { endpointUrl: server });
const found = await client.tokenClassification({
  inputs: text,
  parameters: { aggregation_strategy: "first" },
});

// Offsets count code points, as Python does. JavaScript's slice() counts UTF-16 units.
const characters = [...text];
for (const { entity_group, start, end, score } of found)
  console.log(entity_group, characters.slice(start, end).join(""), `${start}-${end}`, score.toFixed(2));
