import { openContent } from "../read/open.js";
import { bytesSource, fileSource } from "../read/source.js";
import type { SourcedText, TextOptions, TextSource } from "./sourcedText.js";

/**
 * Yields the texts of a data file as `readDataset` reads it: sentences with the words that they have there, or texts.
 * Tags and spans are not used.
 *
 * @throws NeriumError as readDataset
 */
export async function* dataTexts(
  { name, file, blocks }: TextSource,
  { onNote }: Pick<TextOptions, "onNote">,
): AsyncGenerator<SourcedText, void, undefined> {
  const source = file === undefined ? await inMemory(name, blocks) : fileSource(file);
  const { content } = await openContent(source, onNote === undefined ? {} : { onNote });
  if (content.shape === "texts") for (const { text, line } of content.documents) yield { text, line };
  else for (const { words, line } of content.sentences) yield { text: words.join(" "), words, line };
}

async function inMemory(name: string, blocks: TextSource["blocks"]) {
  const parts: Buffer[] = [];
  for await (const { text } of blocks) parts.push(Buffer.from(text));
  return bytesSource({ [name]: Buffer.concat(parts) }, name);
}
