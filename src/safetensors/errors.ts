import { NeriumError } from "../errors.js";

const DOWNLOAD_AGAIN =
  "the file is damaged or was not written by a safetensors library: download or convert it again";

/** A name from a file as it stands in a message: quoted, and short whatever the file claims. */
export const quoted = (name: string) => JSON.stringify(name.length > 120 ? `${name.slice(0, 120)}…` : name);

/** A safetensors file, or an index of shards, breaks a rule of its format. */
export const invalidSafetensors = (file: string, rule: string) =>
  new NeriumError("MODEL_SAFETENSORS_INVALID", `not a valid safetensors file: ${rule}`, {
    where: file,
    remedy: DOWNLOAD_AGAIN,
  });

/** A safetensors file became shorter while it was read. */
export const fileShrank = (file: string, name: string) =>
  new NeriumError(
    "MODEL_SAFETENSORS_CHANGED",
    `the file ended inside the tensor ${name}: it changed while it was read`,
    { where: file, remedy: "make sure that nothing writes to the model folder, then try again" },
  );

/** A model.safetensors.index.json does not agree with itself or with the shards beside it. */
export const invalidIndex = (file: string, rule: string) =>
  new NeriumError("MODEL_INDEX_INVALID", `the index of weight shards cannot be used: ${rule}`, {
    where: file,
    remedy: "download the whole model folder again",
  });

/** A shard that the index names is not in the folder. */
export const shardMissing = (file: string, shard: string) =>
  new NeriumError("MODEL_SHARD_MISSING", `the index names ${shard}, which is not in the folder`, {
    where: file,
    remedy: `download ${shard} into the same folder`,
  });

/** A tensor that is asked for is not among the weights. */
export const tensorMissing = (file: string, name: string) =>
  new NeriumError("MODEL_TENSOR_MISSING", `there is no tensor ${name} among the weights`, {
    where: file,
    remedy: "check that the folder holds a model of the family that its config.json names",
  });

/** A tensor is of a type that has no float32 reading, such as an integer or an 8-bit float. */
export const dtypeUnsupported = (file: string, name: string, dtype: string) =>
  new NeriumError(
    "MODEL_DTYPE_UNSUPPORTED",
    `the tensor ${name} is stored as ${dtype}; weights are read from F32, F16, BF16 or F64`,
    { where: file, remedy: "save the model in one of these types (quantised models cannot be trained)" },
  );

/** A tensor and the memory or the chunks that it is read into or written from differ in size. */
export const tensorSize = (file: string, name: string, expected: number, found: number) =>
  new NeriumError(
    "MODEL_TENSOR_SIZE",
    `the tensor ${name} has ${expected} elements where ${found} were given`,
    { where: file },
  );

/** Two tensors to be written have one name, or a name is reserved. */
export const tensorName = (file: string, name: string) =>
  new NeriumError(
    "MODEL_TENSOR_NAME",
    `a tensor cannot be written under the name ${quoted(name)}: it is reserved or taken`,
    { where: file },
  );

/** The folder holds only pickled weights, which can run code when they are read: Nerium never reads them. */
export const pickleOnly = (folder: string, bin: string) =>
  new NeriumError(
    "MODEL_PICKLE_ONLY",
    `the folder has its weights only as ${bin}, a pickle file, which can run code when it is opened`,
    {
      where: folder,
      remedy:
        'convert it once, in that folder: python -c "import torch; from safetensors.torch import save_file; ' +
        `w = torch.load('${bin}', map_location='cpu', weights_only=True); ` +
        "save_file({k: v.clone().contiguous() for k, v in w.items()}, 'model.safetensors', {'format': 'pt'})\" " +
        "or, for a model on the hub, with https://huggingface.co/spaces/safetensors/convert",
    },
  );

/** The folder holds no weights that Nerium reads. */
export const weightsMissing = (folder: string, entries: readonly string[]) =>
  new NeriumError(
    "MODEL_WEIGHTS_MISSING",
    `there are no weights in the folder (model.safetensors or model.safetensors.index.json); it holds ${listed(entries)}`,
    { where: folder, remedy: "check the path, and that the download is complete" },
  );

function listed(entries: readonly string[]): string {
  if (entries.length === 0) return "nothing";
  const shown = entries.slice(0, 12).join(", ");
  return entries.length > 12 ? `${shown} and ${entries.length - 12} more` : shown;
}
