import { type AggregationStrategy, groups, labelledPieces, type ScoredPiece, typeOf } from "./aggregation.js";
import type { Analysis } from "./analysis.js";
import type { GroupedEntity, PieceEntity } from "./entities.js";
import type { InputText } from "./inputs.js";
import type { FineTuned } from "./model.js";
import { wordsTouched } from "./offsets.js";
import type { Wanted } from "./options.js";
import { scoredPieces } from "./scoredPieces.js";

/** UTF-16 units of texts that are worked on at once, and one text. */
const UNITS_AT_ONCE = 65_536;

/** Entities as Python's pipeline finds them with an aggregation strategy; in the order of the texts. */
export async function pythonEntities(
  model: FineTuned,
  inputs: readonly InputText[],
  strategy: AggregationStrategy,
  { truncation, signal, keeps }: Wanted,
): Promise<Analysis<GroupedEntity>[]> {
  const results: Analysis<GroupedEntity>[] = [];
  for (const group of inGroups(inputs)) {
    signal?.throwIfAborted();
    const scored = await scoredPieces(model, group, { truncation, signal });
    group.forEach((input, index) => {
      const { pieces, windows, truncated } = scored[index]!;
      const found = named(model, pieces, strategy).filter(({ name, score }) => keeps(name, score));
      const words = wordsTouched(input.words(), found);
      const entities = found.map(({ name: _, ...entity }, place): GroupedEntity | PieceEntity => ({
        ...entity,
        text: input.text.slice(entity.start, entity.end),
        words: words[place]!,
      }));
      results.push({ text: input.text, entities, windows, truncated });
    });
  }
  return results;
}

/** What was found, each with the name that options know it by: its label where it is a piece, else its type. */
function named(
  { labels, tokenizer }: FineTuned,
  pieces: readonly ScoredPiece[],
  strategy: AggregationStrategy,
) {
  const vocabulary = { labels, textOf: (tokens: readonly string[]) => tokenizer.forText().textOf(tokens) };
  return strategy === "none"
    ? labelledPieces(pieces, vocabulary).map((piece) => ({
        name: piece.label,
        type: typeOf(piece.label),
        ...piece,
      }))
    : groups(pieces, strategy, vocabulary).map((group) => ({ name: group.type, ...group }));
}

function* inGroups(inputs: readonly InputText[]): Generator<InputText[]> {
  let group: InputText[] = [];
  let units = 0;
  for (const input of inputs) {
    group.push(input);
    units += input.text.length;
    if (units < UNITS_AT_ONCE) continue;
    yield group;
    group = [];
    units = 0;
  }
  if (group.length > 0) yield group;
}
