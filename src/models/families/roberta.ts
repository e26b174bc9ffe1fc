/**
 * RoBERTa (https://arxiv.org/abs/1907.11692), as in transformers' modeling_roberta.py. XLM-RoBERTa and CamemBERT are RoBERTa
 * with other weights.
 *
 * It is BERT, except that positions begin after the padding id and that all tokens have the same token type.
 */
import { configUnreadable } from "../errors.js";
import type { EncoderFamily } from "../family.js";
import { type BertConfig, bertEncoder, bertSchema, checkBert, smallBert } from "./bert.js";

const paddingIdOf = (config: BertConfig): number => config.pad_token_id ?? 1;

/** Returns the number of positions after that of the padding. */
const maxLengthOf = (config: BertConfig): number => config.max_position_embeddings - paddingIdOf(config) - 1;

export const roberta: EncoderFamily<BertConfig> = {
  goodFor: "Better than BERT of the same size; XLM-RoBERTa for many languages, CamemBERT for French.",
  pretrained: [
    { name: "FacebookAI/roberta-base", parameters: 125, longest: 512, languages: "English", license: "MIT" },
    { name: "FacebookAI/roberta-large", parameters: 355, longest: 512, languages: "English", license: "MIT" },
    {
      name: "FacebookAI/xlm-roberta-base",
      parameters: 278,
      longest: 512,
      languages: "100 languages",
      license: "MIT",
    },
    {
      name: "FacebookAI/xlm-roberta-large",
      parameters: 560,
      longest: 512,
      languages: "100 languages",
      license: "MIT",
    },
    { name: "almanach/camembert-base", parameters: 111, longest: 512, languages: "French", license: "MIT" },
  ],
  architectures: {
    roberta: "RobertaForTokenClassification",
    "xlm-roberta": "XLMRobertaForTokenClassification",
    camembert: "CamembertForTokenClassification",
  },
  schema: bertSchema,
  check(config, file) {
    checkBert(config, file);
    if (maxLengthOf(config) < 1)
      throw configUnreadable(
        file,
        `max_position_embeddings ${config.max_position_embeddings} leaves no position after pad_token_id ${config.pad_token_id}`,
      );
  },
  small: ({ maxLength, paddingId }) => ({
    ...smallBert,
    max_position_embeddings: maxLength + paddingId + 1,
    type_vocab_size: 1,
  }),
  encoder(config) {
    const paddingId = paddingIdOf(config);
    return bertEncoder(config, {
      prefix: "roberta",
      embeddingSize: config.hidden_size,
      paddingId,
      maxLength: maxLengthOf(config),
      positionIds: { paddingId },
      tokenTypes: "zeros",
    });
  },
};
