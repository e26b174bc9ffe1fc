import { byCodePoint } from "../text/codePoints.js";
import { pythonFloat } from "./pythonFloat.js";

/** The values in `trainer_state.json` and similar files. */
export type TrainerJson =
  | null
  | boolean
  | number
  | string
  | readonly TrainerJson[]
  | { readonly [key: string]: TrainerJson };

/** Keys whose numbers are integers. Python writes all other numbers as floats. */
const WHOLE = new Set([
  "best_global_step",
  "eval_samples",
  "eval_steps",
  "global_step",
  "logging_steps",
  "max_steps",
  "num_input_tokens_seen",
  "num_train_epochs",
  "save_steps",
  "step",
  "train_batch_size",
  "train_samples",
]);

/**
 * Formats JSON like HF Trainer's files: sorted keys, Python's floats, ASCII. A number that is not finite
 * becomes null, because Python's `NaN` is not JSON.
 */
export function trainerJson(value: TrainerJson, indent: number): string {
  const write = (part: TrainerJson, key: string, margin: string): string => {
    if (typeof part === "string") return ascii(part);
    if (typeof part === "number") return number(part, WHOLE.has(key));
    if (part === null || typeof part === "boolean") return String(part);
    const inner = margin + " ".repeat(indent);
    const isList = Array.isArray(part);
    const entries = isList
      ? (part as readonly TrainerJson[]).map((item) => write(item, key, inner))
      : Object.entries(part)
          .sort(([left], [right]) => byCodePoint(left, right))
          .map(([name, item]) => `${ascii(name)}: ${write(item, name, inner)}`);
    const [open, close] = isList ? "[]" : "{}";
    return entries.length === 0
      ? `${open}${close}`
      : `${open}\n${inner}${entries.join(`,\n${inner}`)}\n${margin}${close}`;
  };
  return write(value, "", "");
}

function number(value: number, whole: boolean): string {
  if (!Number.isFinite(value)) return "null";
  return whole ? `${value}` : pythonFloat(value);
}

function ascii(text: string): string {
  return JSON.stringify(text).replace(
    /[\u0080-\uffff]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
