import type { CardSection } from "../tasks/cardParts.js";

const PYTHON = `\
from transformers import pipeline

# The folder of this card, or its name on the hub
ner = pipeline("token-classification", model=".", aggregation_strategy="simple")
print(ner("Angela Merkel visited Paris."))
`;

const JAVASCRIPT = `\
import { load } from "nerium";

const ner = await load("."); // the folder of this card, or its name on the hub
console.log(await ner("Angela Merkel visited Paris."));
await ner.dispose();
`;

/** Returns the section that shows how to use a model. Python is left out if another section has its program. */
export const usageSection = (python: boolean): CardSection => ({
  heading: "How to use it",
  blocks: [
    { paragraph: ["In JavaScript, after `npm install nerium`:"] },
    { language: "js", program: JAVASCRIPT },
    ...(python
      ? [
          { paragraph: ["In Python, after `pip install torch transformers`:"] },
          { language: "python", program: PYTHON },
        ]
      : []),
  ],
});
