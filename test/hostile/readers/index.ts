import type { Reader } from "../reader.js";
import { arrow, docBin, parquet } from "./binaryFormats.js";
import { columns } from "./columns.js";
import { config } from "./config.js";
import { dataFormats } from "./dataFormats.js";
import { jsonLines } from "./jsonLines.js";
import { recipe } from "./recipe.js";
import { safetensors } from "./safetensors.js";
import { sentencePiece } from "./sentencePiece.js";
import { tokenizer } from "./tokenizer.js";
import { torch } from "./torchFile.js";

/** Everything that reads what others wrote. */
export const READERS: readonly Reader[] = [
  safetensors,
  torch,
  config,
  tokenizer,
  sentencePiece,
  recipe,
  columns,
  jsonLines,
  dataFormats,
  parquet,
  arrow,
  docBin,
];
