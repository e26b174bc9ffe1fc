// Opens a safetensors file and prints how it ended, and by how many bytes the process grew at its peak.

import { writeFileSync } from "node:fs";
import { openSafetensors } from "../../../src/safetensors/index.js";
import { threeTensors } from "../../safetensors/build.js";

const peak = () => process.resourceUsage().maxRSS * 1024;
const file = process.argv[2]!;
// What is loaded and compiled at the first use is no cost of this file.
writeFileSync(`${file}.good`, threeTensors());
await (await openSafetensors(`${file}.good`)).close();
const before = peak();
const outcome = await openSafetensors(file).then(
  async (weights) => {
    await weights.close();
    return "read";
  },
  (error: Error & { code: string }) => error.code,
);
console.log(JSON.stringify({ outcome, grown: peak() - before }));
