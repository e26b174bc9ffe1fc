import { architecture, configText, familyOf } from "../models/index.js";
import { familyUnknown } from "./errors.js";
import { MAX_LENGTH } from "./tokenizer.js";

/** Id of `[PAD]` in the quickstart's vocabulary. */
const PADDING = 0;

/**
 * Returns the `config.json` of the small encoder that the quickstart trains from random weights. Like a base model, it
 * has no head and no labels.
 *
 * @param modelType its `model_type`
 * @throws NeriumError QUICKSTART_FAMILY
 */
export function quickstartConfig(vocabularySize: number, modelType = "bert"): string {
  const family = familyOf(modelType);
  if (family === undefined) throw familyUnknown(modelType);
  const config: Record<string, unknown> = {
    architectures: [architecture({ model_type: modelType }).replace("ForTokenClassification", "Model")],
    model_type: modelType,
    pad_token_id: PADDING,
    vocab_size: vocabularySize,
    ...family.small({ maxLength: MAX_LENGTH, paddingId: PADDING }),
  };
  const sorted = Object.keys(config).sort();
  return configText(Object.fromEntries(sorted.map((key) => [key, config[key]])));
}
