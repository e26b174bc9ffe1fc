import { inCodePoints } from "../../infer/offsets.js";
import { type Prediction, type PredictionFormat, segments } from "../formats/prediction.js";
import { type Colours, typeColours } from "./colours.js";

/**
 * Formats texts for a terminal: the text with its entities marked, then one line per entity with type, score
 * and place. Prints the file name whenever it changes. Without colours, entities are marked with brackets. A
 * type keeps its colour.
 */
export function entityText(colours: Colours, codePoints = false): PredictionFormat {
  const colourOf = typeColours(colours);
  let file: string | undefined;

  function marked(prediction: Prediction): string {
    const parts = Array.from(segments(prediction), ({ text, entity }) => {
      if (entity === undefined) return printable(text);
      if (!colours.isColorSupported) return `[${entity.type} ${printable(text)}]`;
      return colours.bold(colourOf(entity.type)(printable(text)));
    });
    return `${parts.join("")}\n`;
  }

  function list({ text, entities, truncated }: Prediction): string {
    const width = Math.max(0, ...entities.map(({ type }) => type.length));
    const counted = codePoints ? inCodePoints(text, entities) : entities;
    const lines = counted.map(({ type, score, text: words, start, end }) => {
      const figures = `${score.toFixed(4)}  ${printable(words)}  ${colours.dim(`${start}-${end}`)}`;
      return `  ${colourOf(type)(type.padEnd(width))}  ${figures}\n`;
    });
    if (lines.length === 0) lines.push(`  ${colours.dim("no entities")}\n`);
    if (truncated) lines.push(`  ${colours.dim("truncated: the end was not read")}\n`);
    return lines.join("");
  }

  return {
    each(prediction) {
      const begins = prediction.file !== file;
      file = prediction.file;
      const heading = begins && file !== undefined ? `${colours.bold(printable(file))}\n` : "";
      if (prediction.text.trim() === "") return `${heading}\n`;
      return heading + marked(prediction) + list(prediction);
    },
  };
}

/** Replaces control characters with visible symbols, so that a text cannot control the terminal. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: this regex searches for control characters
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x20 ? String.fromCharCode(0x2400 + code) : "␡";
  });
}
