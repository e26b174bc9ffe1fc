/** The usual small size of each family, as in the config.json of the model that is named beside it. */
export const geometries: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  /** google-bert/bert-base-cased */
  bert: { vocab_size: 28_996 },
  /** FacebookAI/roberta-base */
  roberta: { vocab_size: 50_265, max_position_embeddings: 514, type_vocab_size: 1, pad_token_id: 1 },
  /** distilbert/distilbert-base-cased */
  distilbert: { vocab_size: 28_996 },
  /** google/electra-base-discriminator */
  electra: {
    vocab_size: 30_522,
    embedding_size: 768,
    hidden_size: 768,
    num_attention_heads: 12,
    intermediate_size: 3072,
  },
  /** microsoft/deberta-v3-base */
  "deberta-v2": {
    vocab_size: 128_100,
    hidden_size: 768,
    num_hidden_layers: 12,
    num_attention_heads: 12,
    intermediate_size: 3072,
    relative_attention: true,
    position_buckets: 256,
    norm_rel_ebd: "layer_norm",
    share_att_key: true,
    pos_att_type: ["p2c", "c2p"],
    max_relative_positions: -1,
    position_biased_input: false,
    layer_norm_eps: 1e-7,
  },
  /** answerdotai/ModernBERT-base */
  modernbert: { vocab_size: 50_368, global_attn_every_n_layers: 3, local_attention: 128, pad_token_id: 0 },
  /** EuroBERT/EuroBERT-210m */
  eurobert: { vocab_size: 128_256, num_key_value_heads: 12, rope_theta: 250_000, pad_token_id: 0 },
};
