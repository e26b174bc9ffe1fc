import { camelCase } from "./spelling.js";

/** An argument of Hugging Face that is not a field of a recipe. */
export interface ForeignArgument {
  /**
   * `none`: accepted, with a warning that it has no effect. `refused`: requests something that Nerium does
   * not do.
   */
  readonly effect: "none" | "refused";
  readonly why: string;
  /**
   * Values that request nothing, or what Nerium does anyway, in addition to false, 0, "", "no" and "none".
   */
  readonly neutral: readonly unknown[];
}

const ARGUMENTS = new Map<string, ForeignArgument>();

const add = (
  effect: ForeignArgument["effect"],
  why: string,
  names: string,
  neutral: readonly unknown[] = [],
) => {
  for (const name of names.split(" ")) ARGUMENTS.set(camelCase(name), { effect, why, neutral });
};

add(
  "none",
  "what is done follows from the files given as train, validation and test",
  "do_train do_eval do_predict",
);
add(
  "none",
  "everything is computed in float32",
  "fp16 bf16 fp16_full_eval bf16_full_eval tf32 fp16_opt_level half_precision_backend fp16_backend",
  ["auto", "O1"],
);
add("none", "training runs on the CPU; see threads", "no_cuda use_cpu use_mps_device use_ipex", [true]);
add(
  "none",
  "data is read once; what is large lies in a cache on the disk (dataset_cache)",
  "dataloader_num_workers dataloader_pin_memory dataloader_persistent_workers dataloader_prefetch_factor " +
    "dataloader_multiprocessing_context dataloader_in_order preprocessing_num_workers overwrite_cache cache_dir " +
    "remove_unused_columns label_names",
  [true],
);
add(
  "none",
  "batches are packed: nothing is padded, so sorting by length saves nothing",
  "pad_to_max_length group_by_length length_column_name",
  ["length"],
);
add(
  "none",
  "listen to the run's events instead; the terminal, files and callbacks are such listeners",
  "report_to run_name project logging_dir log_level log_level_replica log_on_each_node disable_tqdm logging_strategy " +
    "logging_first_step trackio_space_id trackio_bucket_id trackio_static_space_id ray_scope",
  [true, "passive", "warning", "huggingface", "steps", ["none"]],
);
add("none", "a loss that is not finite stops the run", "logging_nan_inf_filter", [true]);
add(
  "none",
  "the engine does as it does; results are the same",
  "gradient_checkpointing gradient_checkpointing_kwargs activation_checkpointing activation_checkpointing_kwargs " +
    "torch_compile torch_compile_backend torch_compile_mode torchdynamo jit_mode_eval use_liger_kernel " +
    "liger_kernel_config torch_empty_cache_steps use_cache auto_find_batch_size skip_memory_metrics debug",
  [true],
);
add(
  "none",
  "scores per type and counts are always in the events and files",
  "return_entity_level_metrics include_num_input_tokens_seen include_tokens_per_second include_inputs_for_metrics " +
    "include_for_metrics batch_eval_metrics eval_do_concat_batches eval_use_gather_object eval_accumulation_steps",
  [true, []],
);
add("none", "runs always repeat bit by bit", "full_determinism", [true]);
add(
  "none",
  "one process trains",
  "local_rank ddp_find_unused_parameters ddp_bucket_cap_mb ddp_broadcast_buffers ddp_static_graph ddp_backend " +
    "ddp_timeout average_tokens_across_devices save_on_each_node accelerator_config mp_parameters",
  [-1, 1800, true],
);
add(
  "none",
  "the finished model is uploaded once, at the end, under the name that push_to_hub or hub_model_id says",
  "hub_strategy hub_always_push hub_revision push_to_hub_model_id push_to_hub_organization",
  ["every_save"],
);
add(
  "none",
  "checkpoints are whole model folders, written as safetensors",
  "save_only_model save_safetensors enable_jit_checkpoint ignore_data_skip restore_callback_states_from_checkpoint",
  [true],
);
add("none", "the task is to tag words; the card's section is `card`", "task_name", ["ner"]);
add(
  "none",
  "a head that does not fit the labels is always replaced, with a notice",
  "ignore_mismatched_sizes",
  [true],
);

add("refused", "the optimiser is AdamW", "optim", ["adamw_torch", "adamw_torch_fused", "adamw_hf", "adamw"]);
add(
  "refused",
  "the optimiser is AdamW, set by adam_beta1, adam_beta2 and adam_epsilon",
  "optim_args optim_target_modules adafactor",
);
add("refused", "the embeddings get no noise", "neftune_noise_alpha");
add("refused", "every epoch has an order of its own, drawn from the seed", "train_sampling_strategy", [
  "random",
]);
add("refused", "the last batch of an epoch is always used", "dataloader_drop_last");
add("refused", "evaluation always gives metrics", "prediction_loss_only");
add("refused", "evaluation follows eval_strategy alone", "eval_delay eval_on_start");
add(
  "refused",
  "one process trains",
  "fsdp fsdp_config fsdp_min_num_params fsdp_transformer_layer_cls_to_wrap deepspeed parallelism_config sharded_ddp tpu_num_cores",
);
add(
  "refused",
  "say --resume, or train(recipe, { resume: true }), to go on from the newest checkpoint",
  "resume_from_checkpoint",
);
add(
  "refused",
  "secrets do not belong in a recipe: set HF_TOKEN",
  "token hub_token push_to_hub_token use_auth_token",
);
add("refused", "the configuration is the model's own", "config_name");
add("refused", "no code of a model is ever run", "trust_remote_code");
add("refused", "its name is per_device_train_batch_size", "per_gpu_train_batch_size");
add("refused", "its name is per_device_eval_batch_size", "per_gpu_eval_batch_size");

/** Returns the argument with this camelCase name, if Hugging Face has it and a recipe does not. */
export const foreignArgument = (name: string) => ARGUMENTS.get(name);

const NOTHING: readonly unknown[] = [false, 0, "", "0", "no", "none", "false"];

/** Returns true if a value requests nothing, or what a run does anyway. */
export function asksForNothing(argument: ForeignArgument, value: unknown): boolean {
  const plain = typeof value === "string" ? value.toLowerCase() : value;
  const written = typeof value === "string" ? [value, Number(value), plain === "true"] : [value];
  return (
    NOTHING.includes(plain) ||
    argument.neutral.some((each) => written.some((one) => JSON.stringify(one) === JSON.stringify(each)))
  );
}
