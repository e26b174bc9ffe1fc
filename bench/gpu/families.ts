import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { writeFiles } from "../families/files.js";
import { geometries } from "../families/geometries.js";

const STEPS = 40;

/** Changes that make the geometries of bench/families tiny. */
const tiny = {
  vocab_size: 300,
  hidden_size: 32,
  dim: 32,
  embedding_size: 32,
  num_hidden_layers: 2,
  n_layers: 2,
  num_attention_heads: 2,
  num_key_value_heads: 2,
  n_heads: 2,
  intermediate_size: 64,
  hidden_dim: 64,
  max_position_embeddings: 130,
  position_buckets: 8,
  global_attn_every_n_layers: 2,
  local_attention: 8,
};
/** The keys that a family has, beside those that all have. */
const OWN: Readonly<Record<string, readonly (keyof typeof tiny)[]>> = {
  distilbert: ["vocab_size", "dim", "n_layers", "n_heads", "hidden_dim", "max_position_embeddings"],
  electra: ["embedding_size"],
  "deberta-v2": ["position_buckets"],
  modernbert: ["global_attn_every_n_layers", "local_attention"],
  eurobert: ["num_key_value_heads"],
};
const COMMON = [
  ...(["vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads"] as const),
  ...(["intermediate_size", "max_position_embeddings"] as const),
];

/** What the program familySteps.ts gives. */
export interface FamilySteps {
  readonly losses: readonly number[];
  /** The weights after the last step, in base64. */
  readonly weights: string;
  readonly seconds: number;
  /** Operations that did not run on the device, by ONNX Runtime's own profile. */
  readonly elsewhere: readonly string[];
}

/** Trains a tiny model of every family on a device and on the CPU, and prints how they differ. */
export async function compareFamilies(
  work: string,
  device: string,
  families = Object.keys(geometries),
): Promise<void> {
  console.log(`\n${STEPS} steps of 4 sentences, ${device} beside cpu\n`);
  console.log(
    "| Family | Loss, first to last | Largest difference of a loss | Distance of the weights | Not on the device |",
  );
  console.log("| --- | --- | --- | --- | --- |");
  for (const family of families) {
    const folder = join(work, family);
    const file = join(work, `${family}.conll`);
    const keys = family === "distilbert" ? OWN.distilbert! : [...COMMON, ...(OWN[family] ?? [])];
    const changed = Object.fromEntries(keys.map((key) => [key, tiny[key]]));
    writeFiles({ family, folder, file, changed, lengths: 12 });
    const [there, here] = [stepsOn(device, folder, file), stepsOn("cpu", folder, file)];
    const difference = Math.max(
      ...there.losses.map((loss, at) => Math.abs(loss - here.losses[at]!) / here.losses[at]!),
    );
    const apart = distance(floats(there.weights), floats(here.weights));
    const losses = [there.losses[0]!, there.losses.at(-1)!].map((loss) => loss.toFixed(4)).join(" to ");
    console.log(
      `| \`${family}\` | ${losses} | ${difference.toExponential(1)} | ${apart.toExponential(1)} | ${there.elsewhere.join(", ") || "none"} |`,
    );
  }
}

function stepsOn(device: string, model: string, train: string): FamilySteps {
  const program = join(import.meta.dirname, "familySteps.ts");
  const swiftshader = device === "webgpu" && existsSync("/usr/lib/chromium/vk_swiftshader_icd.json");
  const task = JSON.stringify({ device, model, train, steps: STEPS, swiftshader });
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", program, task], {
    encoding: "utf8",
    maxBuffer: 2 ** 28,
  });
  if (status !== 0) throw new Error(`${model} on ${device}: ${stderr}`);
  return JSON.parse(stdout.trim().split("\n").at(-1)!) as FamilySteps;
}

function floats(text: string): Float32Array {
  const bytes = Uint8Array.from(Buffer.from(text, "base64"));
  return new Float32Array(bytes.buffer);
}

/** The distance of two vectors as a share of the length of the second. */
function distance(a: Float32Array, b: Float32Array): number {
  let [apart, length] = [0, 0];
  a.forEach((value, at) => {
    apart += (value - b[at]!) ** 2;
    length += b[at]! ** 2;
  });
  return Math.sqrt(apart / length);
}
