import type { Entity } from "../infer/index.js";
import type { Finding, Recogniser } from "./finding.js";
import { folded } from "./operators/fold.js";
import { LITERAL } from "./operators/replacer.js";
import type { RedactSettings } from "./options.js";
import { loadRecognisers, typesOnRequest } from "./recognisers/index.js";
import { resolved, trimmed } from "./resolve.js";
import { restorable } from "./tokens.js";
import { typeNamed } from "./types.js";

/** Types whose values may have a possessive ending. */
const POSSESSIVE = new Set(["PERSON", "ORGANIZATION", "LOCATION"]);

/** Finds what is sensitive in texts: patterns on their own, and what a model finds joined with them. */
export class Finder {
  private constructor(
    private readonly recognisers: readonly Recogniser[],
    private readonly settings: RedactSettings,
    private readonly isWanted: (type: string) => boolean,
    private readonly literals: boolean,
  ) {}

  /**
   * Loads the recognisers.
   *
   * @param literals find texts that look redacted too, so that they survive restoring
   */
  static async load(settings: RedactSettings, literals: boolean): Promise<Finder> {
    const { terms, expressions, countries } = settings;
    const own = new Set([...Object.keys(terms), ...expressions.map(({ type }) => type)]);
    const wanted = (type: string) => own.has(type) || isWanted(type, settings, typesOnRequest.includes(type));
    const recognisers = await loadRecognisers({ wanted, countries, terms, expressions });
    return new Finder(recognisers, settings, wanted, literals);
  }

  /** Types that the patterns find. */
  get types(): readonly string[] {
    return [...new Set(this.recognisers.flatMap(({ types }) => types))].filter(this.isWanted).sort();
  }

  /** The names of what finds them. */
  get names(): readonly string[] {
    return this.recognisers.map(({ name }) => name);
  }

  /** Returns what the patterns find, with overlaps. */
  patterns(text: string, context: string): Finding[] {
    const all: Finding[] = [];
    for (const recogniser of this.recognisers)
      for (const finding of recogniser.find(text, context))
        if (this.isWanted(finding.type)) all.push(finding);
    return all;
  }

  /** Whether the patterns find anything. */
  finds(text: string, context: string): boolean {
    return this.patterns(text, context).some(({ start, end }) => !this.isAllowed(text.slice(start, end)));
  }

  /** Joins what patterns and model found, and returns what does not overlap, from left to right. */
  joined(text: string, patterns: readonly Finding[], entities: readonly Entity[]): Finding[] {
    const fromModel = entities.flatMap((entity) => this.fromModel(text, entity));
    const all = [...patterns, ...fromModel].filter(
      ({ start, end }) => !this.isAllowed(text.slice(start, end)),
    );
    const literals = this.literals ? literalsIn(text) : [];
    return resolved(text, all, literals);
  }

  private fromModel(text: string, { type: name, start, end, score }: Entity): Finding[] {
    const type = typeNamed(name, this.settings.types);
    if (!isWanted(type, this.settings, false)) return [];
    const possessive = POSSESSIVE.has(type) ? /['’]s$/iu.exec(text.slice(start, end)) : null;
    const finding: Finding = {
      ...{ type, start, end: possessive === null ? end : end - 2, score },
      ...{ certainty: "model", recogniser: "model" },
    };
    const isEmpty = trimmed(text, finding) === undefined;
    return isEmpty ? [] : [finding];
  }

  private isAllowed(text: string): boolean {
    return this.settings.allow.size > 0 && this.settings.allow.has(folded({}, text));
  }
}

function isWanted(
  type: string,
  { only, exclude, include }: Pick<RedactSettings, "only" | "exclude" | "include">,
  onRequest: boolean,
): boolean {
  if (only !== undefined) return only.has(type);
  return !exclude.has(type) && (!onRequest || include.has(type));
}

const literalsIn = (text: string): Finding[] =>
  [...text.matchAll(restorable())].map(({ index: start, 0: match }) => ({
    ...{ type: LITERAL, start, end: start + match.length },
    ...{ score: 1, certainty: "checked", recogniser: "literal" },
  }));
