import type { Finding, Recogniser } from "../finding.js";
import { chainsIn, type Group } from "./groups.js";
import { type ContextWords, Surroundings, standsAlone } from "./surroundings.js";

/** One kind of number, such as the social security numbers of a country. */
export interface NumberKind {
  readonly type: string;
  /** ISO 3166 code of the country that issues it. */
  readonly country?: string | undefined;
  /**
   * How it is written, if it is found on its own. Figures count digits, `A` is a letter, `?` a letter or a digit,
   * `_` a space, a hyphen or nothing, and `~` a space or a hyphen: `3_2_4` is `536-90-4399` and `536904399`.
   */
  readonly alone?: readonly string[] | undefined;
  /** How it is written, if it is only found near one of its context words. */
  readonly near?: readonly string[] | undefined;
  readonly context?: ContextWords | undefined;
  /** Checks the number, without separators and in capital letters. */
  readonly isValid: (compact: string) => boolean;
  /** Whether it has a check digit. */
  readonly hasCheckDigit: boolean;
}

/** A number whose length varies: finds it at a group of a chain. */
export interface LongNumber {
  readonly type: string;
  at(
    text: string,
    chain: readonly Group[],
    first: number,
  ): { readonly end: number; readonly value: string } | undefined;
}

interface Node {
  readonly next: Map<string, Node>;
  readonly kinds: { readonly kind: NumberKind; readonly alone: boolean }[];
}

const node = (): Node => ({ next: new Map(), kinds: [] });

/** How sure a number is: by its check digit, or only by its form and the words around it. */
export const CHECKED = 0.99;
export const UNCHECKED = 0.8;

/** Finds numbers by the shapes of their groups, so that a text is read once for all kinds. */
export class NumberRecogniser implements Recogniser {
  readonly name = "numbers";
  readonly types: readonly string[];
  private readonly shapes = node();

  /** @param countries kinds of these countries need no context words */
  constructor(
    kinds: readonly NumberKind[],
    private readonly long: readonly LongNumber[],
    countries: ReadonlySet<string>,
  ) {
    this.types = [...new Set([...kinds, ...long].map(({ type }) => type))];
    for (const kind of kinds) {
      const isHome = kind.country !== undefined && countries.has(kind.country);
      for (const form of kind.alone ?? []) this.add(form, kind, true);
      for (const form of kind.near ?? []) this.add(form, kind, isHome);
    }
  }

  private add(form: string, kind: NumberKind, alone: boolean): void {
    for (const shape of shapesOf(form)) {
      let at = this.shapes;
      for (const part of partsOf(shape)) {
        const next = at.next.get(part) ?? node();
        at.next.set(part, next);
        at = next;
      }
      at.kinds.push({ kind, alone });
    }
  }

  *find(text: string, context: string): Generator<Finding> {
    const surroundings = new Surroundings(text, context);
    for (const chain of chainsIn(text))
      for (let first = 0; first < chain.length; first++) {
        yield* this.longAt(text, chain, first);
        yield* this.shapesAt(text, chain, first, surroundings);
      }
  }

  private *longAt(text: string, chain: readonly Group[], first: number): Generator<Finding> {
    for (const { type, at } of this.long) {
      const found = at(text, chain, first);
      const { start } = chain[first]!;
      if (found === undefined || !standsAlone(text, start, found.end)) continue;
      const { end, value } = found;
      yield { type, start, end, value, score: CHECKED, certainty: "checked", recogniser: this.name };
    }
  }

  private *shapesAt(
    text: string,
    chain: readonly Group[],
    first: number,
    surroundings: Surroundings,
  ): Generator<Finding> {
    const { start } = chain[first]!;
    let at: Node | undefined = this.shapes.next.get(chain[first]!.shape);
    let compact = "";
    for (let last = first; at !== undefined; last++) {
      const group = chain[last]!;
      compact += text.slice(group.start, group.end).toUpperCase();
      for (const { kind, alone } of at.kinds) {
        const { end } = group;
        if (!standsAlone(text, start, end, kind.context?.isLabel)) continue;
        const needsContext =
          !alone || (inRow(chain, first, last) && !isRowOf(kind, text, chain, first, last));
        if (needsContext && !kind.context?.near(surroundings, start, end)) continue;
        // The dearest test comes last.
        if (!kind.isValid(compact)) continue;
        const { type, hasCheckDigit } = kind;
        yield {
          ...{ type, start, end, value: compact, recogniser: this.name },
          score: hasCheckDigit ? CHECKED : UNCHECKED,
          certainty: hasCheckDigit ? "checked" : "unchecked",
        };
      }
      const next = chain[last + 1];
      at = next && at.next.get(next.joint + next.shape);
    }
  }
}

/** Whether a number in groups goes on with groups of the same size, as in a table of numbers. */
function inRow(chain: readonly Group[], first: number, last: number): boolean {
  if (first === last) return false;
  const alike = (a: Group | undefined, b: Group, joint: string | undefined) =>
    a?.shape.length === b.shape.length && a.shape.includes("9") && joint === chain[last]!.joint;
  return (
    alike(chain[first - 1], chain[first]!, chain[first]!.joint) ||
    alike(chain[last + 1], chain[last]!, chain[last + 1]?.joint)
  );
}

/** Numbers in a row beyond which it is a table. */
const LONGEST_ROW = 16;

/** Whether a row of groups of the same size is nothing but valid numbers of one kind, one after another. */
function isRowOf(
  kind: NumberKind,
  text: string,
  chain: readonly Group[],
  first: number,
  last: number,
): boolean {
  const size = last - first + 1;
  const { shape } = chain[first]!;
  const { joint } = chain[last]!;
  let [from, to] = [first, last];
  const isRow = () => to - from < LONGEST_ROW * size;
  while (isRow() && chain[from]!.joint === joint && chain[from - 1]?.shape === shape) from--;
  while (isRow() && chain[to + 1]?.joint === joint && chain[to + 1]!.shape === shape) to++;
  const groupCount = to - from + 1;
  if (!isRow() || !kind.hasCheckDigit || groupCount === size) return false;
  if ((first - from) % size !== 0 || groupCount % size !== 0) return false;
  for (let at = from; at <= to; at += size) {
    const groups = chain.slice(at, at + size).map(({ start, end }) => text.slice(start, end));
    if (!kind.isValid(groups.join(""))) return false;
  }
  return true;
}

/** Returns the shapes of a form: `3_2` → `999 99`, `999-99`, `99999`. */
export function shapesOf(form: string): string[] {
  if (form.includes("?")) return ["A", "1"].flatMap((one) => shapesOf(form.replace("?", one)));
  const mark = /[_~]/.exec(form)?.[0];
  if (mark !== undefined)
    return (mark === "_" ? [" ", "-", ""] : [" ", "-"]).flatMap((joint) =>
      // Counts that come together stay apart until they have become digits.
      shapesOf(form.replaceAll(mark, joint === "" ? "|" : joint)),
    );
  return [form.replace(/\d+/g, (count) => "9".repeat(Number(count))).replaceAll("|", "")];
}

/** Splits a shape into its groups, each with the mark before it. */
const partsOf = (shape: string): string[] => shape.match(/[ .\-/]?[9A]+/g) ?? [];
