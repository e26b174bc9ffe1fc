import { statSync } from "node:fs";
import { inspectPaths } from "../../../src/data/index.js";

const file = process.argv[2]!;
const { splits } = await inspectPaths([file]);
const { size } = statSync(file);
const memory = process.resourceUsage().maxRSS * 1024;
process.stdout.write(JSON.stringify({ sentences: splits[0]!.sentences, bytes: size, memory }));
