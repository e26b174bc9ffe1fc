import { camelCase } from "./spelling.js";

/** An argument of Hugging Face that is not a field of a recipe. */
export interface ForeignArgument {
  /**
   * `none`: accepted, with a warning that it has no effect. `refused`: requests something that Nerium does
   * not do.
   */
  readonly effect: "none" | "refused";
  readonly why: string;
  /** What to use instead of a refused argument, if there is something. */
  readonly instead?: string | undefined;
  /**
   * Values that request nothing, or what Nerium does anyway, in addition to false, 0, "", "no" and "none".
   */
  readonly neutral: readonly unknown[];
}

/** The key of a search space in a recipe file. */
export const SWEEP = "sweep";

const ARGUMENTS = new Map<string, ForeignArgument>();

const add = (
  effect: ForeignArgument["effect"],
  why: string,
  names: string,
  neutral: readonly unknown[] = [],
  instead?: string,
) => {
  for (const name of names.split(" ")) ARGUMENTS.set(camelCase(name), { effect, why, neutral, instead });
};

add(
  "none",
  "what runs depends on which of train, validation and test are set",
  "do_train do_eval do_predict",
);
add(
  "none",
  "Nerium computes in float32, or in bfloat16 with bf16",
  "fp16 fp16_full_eval fp16_opt_level half_precision_backend fp16_backend",
  ["auto", "O1"],
);
add("none", "training runs on the CPU; set threads instead", "no_cuda use_cpu use_mps_device use_ipex", [
  true,
]);
add(
  "none",
  "data is read once, and large data is cached on disk; set dataset_cache instead",
  "dataloader_num_workers dataloader_pin_memory dataloader_persistent_workers dataloader_prefetch_factor " +
    "dataloader_multiprocessing_context dataloader_in_order preprocessing_num_workers overwrite_cache cache_dir " +
    "remove_unused_columns label_names",
  [true],
);
add(
  "none",
  "batches are packed without padding, and the lengths of sentences are known",
  "pad_to_max_length length_column_name",
  ["length"],
);
add(
  "none",
  "use a listener for the events of the run instead",
  "log_level log_level_replica log_on_each_node disable_tqdm logging_strategy logging_first_step ray_scope",
  [true, "passive", "warning", "steps"],
);
add(
  "none",
  "report_to trackio sends to the server in TRACKIO_SERVER_URL, to the project in TRACKIO_PROJECT",
  "project trackio_space_id trackio_bucket_id trackio_static_space_id",
  [true, "huggingface"],
);
add(
  "none",
  "report_to tensorboard writes to the folder runs of the output; set TENSORBOARD_LOGGING_DIR instead",
  "logging_dir",
);
add(
  "none",
  "a loss that is not finite stops the run; set non_finite_step instead",
  "logging_nan_inf_filter",
  [true],
);
add(
  "none",
  "the engine has no such setting; results are the same",
  "gradient_checkpointing gradient_checkpointing_kwargs activation_checkpointing activation_checkpointing_kwargs " +
    "torch_compile torch_compile_backend torch_compile_mode torchdynamo jit_mode_eval use_liger_kernel " +
    "liger_kernel_config torch_empty_cache_steps use_cache auto_find_batch_size skip_memory_metrics debug",
  [true],
);
add(
  "none",
  "events and files always contain scores per type and counts",
  "return_entity_level_metrics include_num_input_tokens_seen include_tokens_per_second include_inputs_for_metrics " +
    "include_for_metrics batch_eval_metrics eval_do_concat_batches eval_use_gather_object eval_accumulation_steps",
  [true, []],
);
add("none", "runs are always deterministic", "full_determinism", [true]);
add(
  "none",
  "Nerium trains in one process",
  "local_rank ddp_find_unused_parameters ddp_bucket_cap_mb ddp_broadcast_buffers ddp_static_graph ddp_backend " +
    "ddp_timeout average_tokens_across_devices save_on_each_node accelerator_config mp_parameters",
  [-1, 1800, true],
);
add(
  "none",
  "the model is uploaded once, at the end, to the name in push_to_hub or hub_model_id",
  "hub_strategy hub_always_push hub_revision push_to_hub_model_id push_to_hub_organization",
  ["every_save"],
);
add(
  "none",
  "checkpoints are complete model folders in safetensors format",
  "save_only_model save_safetensors enable_jit_checkpoint ignore_data_skip restore_callback_states_from_checkpoint",
  [true],
);
add("none", "the task is always token classification", "task_name", ["ner"]);
add("none", "a head that does not match the labels is always replaced", "ignore_mismatched_sizes", [true]);

add("refused", "the optimizer is always AdamW", "optim", [
  "adamw_torch",
  "adamw_torch_fused",
  "adamw_hf",
  "adamw",
]);
add(
  "refused",
  "the optimizer is always AdamW",
  "optim_args optim_target_modules adafactor",
  [],
  "adam_beta1, adam_beta2 and adam_epsilon",
);
add("refused", "Nerium adds no noise to embeddings", "neftune_noise_alpha");
add("refused", "the last batch of an epoch is always used", "dataloader_drop_last");
add("refused", "evaluations always compute metrics", "prediction_loss_only");
add("refused", "only eval_strategy decides when to evaluate", "eval_delay eval_on_start");
add(
  "refused",
  "Nerium trains in one process",
  "fsdp fsdp_config fsdp_min_num_params fsdp_transformer_layer_cls_to_wrap deepspeed parallelism_config sharded_ddp tpu_num_cores",
);
add(
  "refused",
  "a recipe cannot say where to resume",
  "resume_from_checkpoint",
  [],
  "nerium train --resume, or train(recipe, { resume: true }), to continue from the newest checkpoint",
);
add(
  "refused",
  "secrets do not belong in a recipe",
  "token hub_token push_to_hub_token use_auth_token",
  [],
  "the environment variable HF_TOKEN",
);
add("refused", "the configuration always comes from the model", "config_name");
add("refused", "Nerium never runs code from a model", "trust_remote_code");
add("refused", "it has a new name", "per_gpu_train_batch_size", [], "per_device_train_batch_size");
add("refused", "it has a new name", "per_gpu_eval_batch_size", [], "per_device_eval_batch_size");

// Not of Hugging Face: a recipe file can contain a search space.
add("none", "only nerium sweep reads a search space", SWEEP);

/** Returns the argument with this camelCase name, if Hugging Face has it and a recipe does not. */
export const foreignArgument = (name: string) => ARGUMENTS.get(name);

/** Arguments that are lists in some version of Hugging Face's parser, which reads several values of them. */
const SEVERAL: ReadonlySet<string> = new Set([
  ...["reportTo", "labelNames", "includeForMetrics"],
  ...["debug", "fsdp", "optimTargetModules"],
]);

/** Returns true if the argument with this camelCase name takes several values: `--report_to none wandb`. */
export const takesSeveral = (name: string): boolean => SEVERAL.has(name);

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
