import { type AggregationStrategy, groups, labelledTokens, type ScoredToken, typeOf } from "./aggregation.js";
import type { Analysis } from "./analysis.js";
import type { GroupedEntity, TokenEntity } from "./entities.js";
import type { InputText } from "./inputs.js";
import type { FineTuned } from "./model.js";
import { wordsTouched } from "./offsets.js";
import type { ResolvedOptions } from "./options.js";
import { Pace } from "./pace.js";
import { scoredTokens } from "./scoredTokens.js";

/** UTF-16 units of text to process at once, plus at most one text. */
const UNITS_AT_ONCE = 65_536;

/** Finds entities as Python's pipeline does with an aggregation strategy, in the order of the texts. */
export async function pythonEntities(
  model: FineTuned,
  inputs: readonly InputText[],
  strategy: AggregationStrategy,
  { keeps, ...options }: ResolvedOptions,
): Promise<Analysis<GroupedEntity>[]> {
  const results: Analysis<GroupedEntity>[] = [];
  const pace = new Pace();
  for (const group of inGroups(inputs)) {
    options.signal?.throwIfAborted();
    const scored = await scoredTokens(model, group, options, pace);
    for (const [index, input] of group.entries()) {
      const { windows, truncated, tokens } = scored[index]!;
      const found: Omit<GroupedEntity, "words">[] = [];
      for (const entity of entitiesIn(model, input.text, tokens(), strategy, keeps)) {
        found.push(entity);
        if (pace.isDue) await pace.pause();
      }
      const words = await wordsTouched(input.words(), found, pace);
      const entities = found.map((entity, place): GroupedEntity => ({ ...entity, words: words[place]! }));
      results.push({ text: input.text, entities, windows, truncated });
    }
  }
  return results;
}

/**
 * Yields entities, without the indices of their words. Options filter single tokens by label, and groups by
 * type.
 */
function* entitiesIn(
  { labels, tokenizer }: FineTuned,
  text: string,
  tokens: Iterable<ScoredToken>,
  strategy: AggregationStrategy,
  keeps: ResolvedOptions["keeps"],
): Generator<Omit<GroupedEntity, "words"> | Omit<TokenEntity, "words">> {
  const vocabulary = { labels, textOf: (tokens: readonly string[]) => tokenizer.forText().textOf(tokens) };
  if (strategy === "none") {
    for (const { label, score, start, end, index, word } of labelledTokens(tokens, vocabulary))
      if (keeps(label, score))
        yield {
          type: typeOf(label),
          score,
          text: text.slice(start, end),
          start,
          end,
          word: word(),
          label,
          index,
        };
    return;
  }
  for (const { type, score, start, end, word } of groups(tokens, strategy, vocabulary))
    if (keeps(type, score)) yield { type, score, text: text.slice(start, end), start, end, word: word() };
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
