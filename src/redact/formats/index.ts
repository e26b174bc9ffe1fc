import type { BlockReader } from "./block.js";
import type { FormatName } from "./names.js";
import { plainBlocks } from "./sections.js";

/**
 * Returns what cuts a document of this format into texts and structure.
 *
 * @param file for errors
 */
export async function readerOf(format: FormatName, file?: string): Promise<BlockReader> {
  switch (format) {
    case "text":
      return plainBlocks;
    case "markdown":
      return (await import("./markdown.js")).markdownBlocks;
    case "html":
      return (await import("./html.js")).htmlBlocks;
    case "csv":
    case "tsv": {
      const { tableBlocks } = await import("./table.js");
      return (parts) => tableBlocks(parts, format, file);
    }
    case "json":
    case "jsonl": {
      const { jsonBlocks } = await import("./json.js");
      return (parts) => jsonBlocks(parts, { file, isLines: format === "jsonl" });
    }
  }
}
