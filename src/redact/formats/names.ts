/** What a text can be. `jsonl` is any number of JSON values one after another. */
export const formatNames = ["text", "json", "jsonl", "csv", "tsv", "markdown", "html"] as const;
/**
 * What a text is, so that only its text values change.
 *
 * @example
 * await redact(ner, '{"name":"Anna Smith"}', { format: "json" });
 */
export type FormatName = (typeof formatNames)[number];
