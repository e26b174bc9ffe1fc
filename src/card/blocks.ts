import type { CardBlock, CardSection, CardText } from "../tasks/cardParts.js";
import { markdownTable } from "./markdownTable.js";
import { rounded } from "./pythonFloat.js";
import { inline } from "./text.js";

/** Formats a section as Markdown, with a heading of the given level. */
export const section = (level: number, { heading, blocks: own }: CardSection): string =>
  `\n${"#".repeat(level)} ${heading}\n\n${blocks(own)}`;

export const blocks = (all: readonly CardBlock[]): string => all.map(block).join("\n");

export const paragraph = (text: CardText): string =>
  text.map((part) => (typeof part === "number" ? rounded(part) : part)).join("");

function block(block: CardBlock): string {
  if ("paragraph" in block) return `${paragraph(block.paragraph)}\n`;
  if ("program" in block) return `\`\`\`${block.language}\n${block.program}\`\`\`\n`;
  return markdownTable(
    block.headers,
    block.rows.map((row) => row.map((cell) => (typeof cell === "number" ? rounded(cell) : inline(cell)))),
  );
}
