import { isNeriumError } from "../../src/errors.js";
import type { Random } from "./mutate/random.js";

/** The files of one case by their names. */
export type Files = Readonly<Record<string, Uint8Array>>;

/** Something that reads files from anywhere, with files to begin from. */
export interface Reader {
  readonly name: string;
  /** Share of the cases of a run over all readers. */
  readonly weight: number;
  /** The mutated files of a case. */
  make(random: Random, index: number): Files;
  /**
   * Reads them, and throws where what was read does not agree with itself.
   *
   * @param folder empty, for readers that want files on a disk
   */
  read(files: Files, folder: string): Promise<void>;
}

/** How one case ended. A finding is a defect of the reader. */
export type Outcome = { readonly code: string } | { readonly finding: string } | "read";

const LONGEST_MESSAGE = 1001;
const CONTROL = /[^\P{Cc}\t\n]|[\u202a-\u202e\u2066-\u2069]/u;

/** What is wrong with an error's texts: they must be short, and nothing that a terminal obeys. */
function complaint(error: { message: string; where?: string | undefined; remedy?: string | undefined }) {
  for (const [what, text] of Object.entries({
    message: error.message,
    where: error.where,
    remedy: error.remedy,
  })) {
    if (text === undefined) continue;
    if (text.length > LONGEST_MESSAGE) return `its ${what} has ${text.length} characters`;
    if (CONTROL.test(text)) return `its ${what} holds a control character: ${JSON.stringify(text)}`;
  }
  return undefined;
}

export async function outcomeOf(reader: Reader, files: Files, folder: string): Promise<Outcome> {
  try {
    await reader.read(files, folder);
    return "read";
  } catch (error) {
    if (!isNeriumError(error))
      return { finding: String(error instanceof Error ? error.stack : error).slice(0, 2000) };
    const wrong = complaint(error);
    return wrong === undefined ? { code: error.code } : { finding: `${error.code}: ${wrong}` };
  }
}

/** What a reader gave is not what it promises. */
export function requireThat(holds: boolean, what: string): void {
  if (!holds) throw new Error(`inconsistent: ${what}`);
}
