import { execFileSync } from "node:child_process";
import { join } from "node:path";

/** What a model of a family and its data are like. */
export interface FamilyFiles {
  readonly family: string;
  /** The folder of the model. */
  readonly folder: string;
  /** The data file. */
  readonly file: string;
  /** Keys of config.json that differ from those of the family's usual geometry. */
  readonly changed?: Readonly<Record<string, unknown>>;
  /** Number of ids that the sentences are drawn from. Defaults to all. */
  readonly distinct?: number | undefined;
  /**
   * The length of every sentence in tokens with the special ones, those of each sentence, or a tokenizer and the data file whose
   * lengths to take.
   */
  readonly lengths: number | readonly number[] | { readonly tokenizer: string; readonly like: string };
}

/**
 * Writes the files in a process of its own: the memory that this takes must not count as that of the process that is measured.
 */
export function writeFiles(files: FamilyFiles): void {
  const program = join(import.meta.dirname, "write.ts");
  execFileSync(process.execPath, ["--import", "tsx", program, JSON.stringify(files)], { stdio: "inherit" });
}
