import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { wordsOf } from "./sentencePieceModels.js";

const SCRIPT = fileURLToPath(new URL("goldens/spm_tokens.py", import.meta.url));
const python = process.env.NERIUM_PYTHON;

/** Tokens of each folder with a SentencePiece model, for lines and for their words. */
export type Tokens = Readonly<
  Record<
    string,
    {
      readonly lines: readonly number[][];
      readonly words: readonly number[][];
      readonly wordIds: readonly (number | null)[][];
    }
  >
>;

/** True if `NERIUM_PYTHON` has what `goldens/spm_tokens.py` needs. */
export function hasSentencePiece(): boolean {
  if (python === undefined) return false;
  try {
    execFileSync(python, ["-c", "import sentencepiece, google.protobuf, transformers"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** What transformers makes of lines. */
export function pythonTokens(folder: string, lines: readonly string[]): Tokens {
  const output = execFileSync(python!, [SCRIPT, folder], {
    input: JSON.stringify({ lines, words: lines.map(wordsOf) }),
    encoding: "utf8",
    maxBuffer: 2 ** 30,
    stdio: ["pipe", "pipe", "ignore"],
  });
  return JSON.parse(output) as Tokens;
}
