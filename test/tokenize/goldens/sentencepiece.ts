/** `npx tsx test/tokenize/goldens/sentencepiece.ts` writes sentencepiece.json; spm_tokens.py says what it needs. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { oddLines, writeFixtures } from "../sentencePieceModels.js";
import { pythonTokens } from "../sentencePiecePython.js";

const folder = mkdtempSync(join(tmpdir(), "nerium-sentencepiece-"));
writeFixtures(folder);
const lines = oddLines(500, 22);
const golden = { lines, tokens: pythonTokens(folder, lines) };
rmSync(folder, { recursive: true });
writeFileSync(
  fileURLToPath(new URL("sentencepiece.json", import.meta.url)),
  `${JSON.stringify(golden).replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`)}\n`,
);
