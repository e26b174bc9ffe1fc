/**
 * ELECTRA (https://arxiv.org/abs/2003.10555), as in transformers' modeling_electra.py: the discriminator.
 *
 * It is BERT, except that the embeddings may be narrower than the layers.
 */
import type { z } from "zod";
import type { EncoderFamily } from "../family.js";
import { bertEncoder, bertSchema, checkBert, smallBert } from "./bert.js";
import { size, width } from "./parts.js";

const schema = bertSchema.extend({
  embedding_size: width.default(128),
  hidden_size: width.default(256),
  num_attention_heads: width.default(4),
  intermediate_size: size.default(1024),
});

export const electra: EncoderFamily<z.infer<typeof schema>> = {
  goodFor: "The small model is the fastest here. Its vocabulary is uncased.",
  pretrained: [
    {
      name: "google/electra-small-discriminator",
      parameters: 14,
      longest: 512,
      languages: "English",
      license: "Apache-2.0",
    },
    {
      name: "google/electra-base-discriminator",
      parameters: 109,
      longest: 512,
      languages: "English",
      license: "Apache-2.0",
    },
  ],
  architectures: { electra: "ElectraForTokenClassification" },
  schema,
  check: checkBert,
  small: ({ maxLength }) => ({
    ...smallBert,
    // As in the base model. Narrower embeddings cost several points of F1 here.
    embedding_size: smallBert.hidden_size,
    max_position_embeddings: maxLength,
    type_vocab_size: 2,
  }),
  encoder: (config) =>
    bertEncoder(config, {
      prefix: "electra",
      embeddingSize: config.embedding_size,
      paddingId: config.pad_token_id ?? 0,
      maxLength: config.max_position_embeddings,
      positionIds: {},
      tokenTypes: "input",
    }),
};
