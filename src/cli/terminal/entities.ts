import type { Entity } from "../../infer/index.js";
import { type Colours, typeColours } from "./colours.js";

/**
 * Texts for a terminal: the text with its entities marked, below it one line each with type, score and place.
 * Without colours the marks are brackets. Types keep their colour from text to text.
 */
export function entityText(colours: Colours): (text: string, entities: readonly Entity[]) => string {
  const colourOf = typeColours(colours);
  const mark = ({ type, text }: Entity): string =>
    colours.isColorSupported ? colours.bold(colourOf(type)(printable(text))) : `[${type} ${printable(text)}]`;
  return (text, entities) => {
    const marked = entities.map((entity, index) => {
      const from = entities[index - 1]?.end ?? 0;
      return printable(text.slice(from, entity.start)) + mark(entity);
    });
    const rest = printable(text.slice(entities.at(-1)?.end ?? 0));
    const width = Math.max(0, ...entities.map(({ type }) => type.length));
    const list = entities.map(({ type, score, text: words, start, end }) => {
      const figures = `${score.toFixed(4)}  ${printable(words)}  ${colours.dim(`${start}-${end}`)}`;
      return `  ${colourOf(type)(type.padEnd(width))}  ${figures}\n`;
    });
    return `${marked.join("")}${rest}\n${list.join("") || `  ${colours.dim("no entities")}\n`}`;
  };
}

/** Control characters as pictures: a text must not steer the terminal. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : "␡";
  });
}
