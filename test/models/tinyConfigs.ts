/** Keys of config.json with which a family's encoder is tiny, by `model_type`. Sizes are 32 wide, two layers. */
const bertSizes = {
  hidden_size: 32,
  num_hidden_layers: 2,
  num_attention_heads: 2,
  intermediate_size: 64,
  max_position_embeddings: 128,
};
const roberta = { ...bertSizes, max_position_embeddings: 130, type_vocab_size: 1, pad_token_id: 0 };

export const tinyConfigs: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  bert: bertSizes,
  roberta,
  "xlm-roberta": roberta,
  camembert: roberta,
  distilbert: { dim: 32, n_layers: 2, n_heads: 2, hidden_dim: 64, max_position_embeddings: 128 },
  electra: { ...bertSizes, embedding_size: 16 },
  "deberta-v2": {
    ...bertSizes,
    type_vocab_size: 0,
    relative_attention: true,
    position_buckets: 8,
    norm_rel_ebd: "layer_norm",
    share_att_key: true,
    pos_att_type: ["p2c", "c2p"],
    position_biased_input: false,
  },
  modernbert: {
    ...bertSizes,
    num_hidden_layers: 2,
    global_attn_every_n_layers: 2,
    local_attention: 8,
    pad_token_id: 0,
  },
  eurobert: { ...bertSizes, num_key_value_heads: 1, pad_token_id: 0 },
};
