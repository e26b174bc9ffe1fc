import { MAX_LENGTH } from "./tokenizer.js";

/**
 * Returns the `config.json` of the small BERT encoder that the quickstart trains from random weights: 3
 * layers, hidden size 128. Like a base model, it has no head and no labels.
 */
export function quickstartConfig(vocabularySize: number): string {
  const config = {
    architectures: ["BertModel"],
    attention_probs_dropout_prob: 0.1,
    classifier_dropout: null,
    hidden_act: "gelu",
    hidden_dropout_prob: 0.1,
    hidden_size: 128,
    initializer_range: 0.02,
    intermediate_size: 512,
    layer_norm_eps: 1e-12,
    max_position_embeddings: MAX_LENGTH,
    model_type: "bert",
    num_attention_heads: 4,
    num_hidden_layers: 3,
    pad_token_id: 0,
    type_vocab_size: 2,
    vocab_size: vocabularySize,
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
