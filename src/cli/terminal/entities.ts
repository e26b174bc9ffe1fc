import { inCodePoints } from "../../infer/offsets.js";
import { segments } from "../../marks/index.js";
import { visible } from "../../shown.js";
import type { Prediction, PredictionFormat } from "../formats/prediction.js";
import { type Colours, typeColours } from "./colours.js";
import { score } from "./figures.js";

/**
 * Formats texts for a terminal: the text with its entities marked, then one line per entity with type, score
 * and place. Prints the file name whenever it changes. Without colours, entities are marked with brackets. A
 * type keeps its colour.
 */
export function entityText(colours: Colours, codePoints = false): PredictionFormat {
  const colourOf = typeColours(colours);
  let file: string | undefined;

  function marked(prediction: Prediction): string {
    const parts = Array.from(segments(prediction.text, prediction.entities), ({ text, entity }) => {
      if (entity === undefined) return visible(text);
      if (!colours.isColorSupported) return `[${visible(entity.type)} ${visible(text)}]`;
      return colours.bold(colourOf(entity.type)(visible(text)));
    });
    return `${parts.join("")}\n`;
  }

  function list({ text, entities, truncated }: Prediction): string {
    const width = Math.max(0, ...entities.map(({ type }) => type.length));
    const counted = codePoints ? inCodePoints(text, entities) : entities;
    const lines = counted.map(({ type, score: own, text: words, start, end }) => {
      const figures = `${score(own)}  ${visible(words)}  ${colours.dim(`${start}-${end}`)}`;
      return `  ${colourOf(type)(visible(type).padEnd(width))}  ${figures}\n`;
    });
    if (lines.length === 0) lines.push(`  ${colours.dim("no entities")}\n`);
    if (truncated) lines.push(`  ${colours.dim("truncated: the end was not read")}\n`);
    return lines.join("");
  }

  return {
    each(prediction) {
      const begins = prediction.file !== file;
      file = prediction.file;
      const heading = begins && file !== undefined ? `${colours.bold(visible(file))}\n` : "";
      if (prediction.text.trim() === "") return `${heading}\n`;
      return heading + marked(prediction) + list(prediction);
    },
  };
}
