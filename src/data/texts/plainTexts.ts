import { checkTextLength } from "../../text/index.js";
import { type Line, type LineBlock, linesIn } from "../read/lines.js";
import type { SourcedText, TextPer } from "./sourcedText.js";

/** Splits plain text into texts. */
export async function* plainTexts(
  blocks: AsyncIterable<LineBlock>,
  per: TextPer,
  name: string,
): AsyncGenerator<SourcedText, void, undefined> {
  if (per === "file") yield { line: 1, text: await wholeText(blocks, name) };
  else if (per === "paragraph") yield* paragraphs(linesIn(blocks));
  else for await (const { text, number } of linesIn(blocks)) yield { line: number, text };
}

/** Yields each group of lines between empty lines as one text. */
async function* paragraphs(lines: AsyncIterable<Line>): AsyncGenerator<SourcedText, void, undefined> {
  let group: Line[] = [];
  const joined = (): SourcedText => ({
    line: group[0]!.number,
    text: group.map(({ text }) => text).join("\n"),
  });
  for await (const line of lines) {
    if (line.text.trim() !== "") group.push(line);
    else if (group.length > 0) {
      yield joined();
      group = [];
    }
  }
  if (group.length > 0) yield joined();
}

/** Returns the whole text with its line breaks, so that offsets match the file. */
async function wholeText(blocks: AsyncIterable<LineBlock>, name: string): Promise<string> {
  let whole = "";
  for await (const { text } of blocks) {
    whole += text;
    checkTextLength(whole, name);
  }
  return whole;
}
