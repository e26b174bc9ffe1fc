// Annotates the shards of a planned folder with a pipeline that finds nothing, and kills its process at a text with POISON.
import { Claims } from "../../../src/annotate/claims.js";
import { readPlan } from "../../../src/annotate/plan.js";
import { folderSource } from "../../../src/annotate/shardSource.js";
import { work } from "../../../src/annotate/work.js";
import type { Ner } from "../../../src/infer/index.js";

const folder = process.argv[2]!;
const plan = await readPlan(folder);

const one = (text: string) => {
  if (text.includes("POISON")) process.kill(process.pid, "SIGKILL");
  return { text, entities: [], windows: 1, truncated: false };
};
const analyze = async (input: string | readonly string[]) =>
  typeof input === "string" ? one(input) : input.map(one);

const source = folderSource({ folder, plan, claims: new Claims(folder, { timeout: 60_000 }), pause: 50 });
await work({ folder, plan, ner: { analyze } as unknown as Ner, options: {}, tries: 3, source });
