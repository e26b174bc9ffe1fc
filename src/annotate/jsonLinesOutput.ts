import { predictedLine } from "../infer/predictedText.js";
import type { Result, ResultsWriter } from "./results.js";
import type { ShardFile } from "./shardFile.js";

/** Bytes that are collected before they are written. */
const BLOCK = 2 ** 18;

/** Writes results as `nerium predict --format jsonl` does, with `error` for a text that has failed. */
export class JsonLinesOutput implements ResultsWriter {
  private lines: string[] = [];
  private units = 0;

  constructor(
    private readonly file: ShardFile,
    private readonly input: string,
  ) {}

  async add(results: readonly Result[]): Promise<void> {
    for (const { row, analysis, error } of results) {
      const { line, row: number, fields, text } = row;
      const found = analysis ?? { text, entities: [], windows: 0, truncated: false };
      const each = predictedLine({ file: this.input, line, row: number, ...found, error, fields }, ["error"]);
      this.lines.push(each);
      this.units += each.length;
    }
    if (this.units >= BLOCK) await this.flush();
  }

  async end(): Promise<void> {
    await this.flush();
  }

  private async flush(): Promise<void> {
    if (this.lines.length > 0) await this.file.write(Buffer.from(`${this.lines.join("\n")}\n`));
    this.lines = [];
    this.units = 0;
  }
}
