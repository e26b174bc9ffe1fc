import { NeriumError } from "../errors.js";

const DOWNLOAD_AGAIN =
  "The file is damaged or was not written by a safetensors library. Download or convert it again.";

/** Quotes a name from a file for a message, and shortens it if it is long. */
export const quoted = (name: string) => JSON.stringify(name.length > 120 ? `${name.slice(0, 120)}…` : name);

/** A safetensors file, or an index of shards, breaks a rule of its format. */
export const invalidSafetensors = (file: string, rule: string) =>
  new NeriumError("MODEL_SAFETENSORS_INVALID", `Invalid safetensors file: ${rule}`, {
    where: file,
    remedy: DOWNLOAD_AGAIN,
  });

/** A weight file became shorter while it was read. */
export const fileShrank = (file: string, name: string) =>
  new NeriumError("MODEL_SAFETENSORS_CHANGED", `The file became shorter while the tensor ${name} was read`, {
    where: file,
    remedy: "Make sure that no program writes to the model folder, then try again.",
  });

/** An index of shards does not agree with itself or with the shards beside it. */
export const invalidIndex = (file: string, rule: string) =>
  new NeriumError("MODEL_INDEX_INVALID", `Invalid index of weight shards: ${rule}`, {
    where: file,
    remedy: "Download the whole model folder again.",
  });

/** A shard that the index names is not in the folder. */
export const shardMissing = (file: string, shard: string) =>
  new NeriumError("MODEL_SHARD_MISSING", `The shard ${shard} is missing`, {
    where: file,
    remedy: `Download ${shard} into the same folder.`,
  });

/** A requested tensor is not among the weights. */
export const tensorMissing = (file: string, name: string) =>
  new NeriumError("MODEL_TENSOR_MISSING", `The weights contain no tensor ${name}`, {
    where: file,
    remedy: "Check that the weights belong to the config.json in the folder.",
  });

/** A tensor has a type that cannot be read as float32, such as an integer or an 8-bit float. */
export const dtypeUnsupported = (file: string, name: string, dtype: string) =>
  new NeriumError(
    "MODEL_DTYPE_UNSUPPORTED",
    `The tensor ${name} has the type ${dtype}, but only F32, F16, BF16 and F64 are supported`,
    {
      where: file,
      remedy: "Save the model in one of these types. Quantized models cannot be loaded.",
    },
  );

/** A tensor has another size than the memory it is read into or the chunks it is written from. */
export const tensorSize = (file: string, name: string, expected: number, found: number) =>
  new NeriumError(
    "MODEL_TENSOR_SIZE",
    `The tensor ${name} has ${expected} elements, but ${found} were given`,
    { where: file },
  );

/** Two tensors to write have the same name, or a name is reserved. */
export const tensorName = (file: string, name: string) =>
  new NeriumError("MODEL_TENSOR_NAME", `The tensor name ${quoted(name)} is reserved or already used`, {
    where: file,
  });
