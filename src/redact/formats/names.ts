/** What a text is. `jsonl` is any number of JSON values one after another. */
export const formatNames = ["text", "json", "jsonl", "csv", "tsv", "markdown", "html"] as const;
export type FormatName = (typeof formatNames)[number];
