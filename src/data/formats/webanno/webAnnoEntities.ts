import { counted } from "../../../counted.js";
import type { LeftOut } from "../../read/leftOut.js";

/** An entity that a cell marks. */
export interface Labelled {
  /** Empty if the entity has no value. */
  readonly type: string;
  /** The same on all tokens of the entity; `undefined` if it has one token. */
  readonly id: number | undefined;
}

interface Entity {
  readonly type: string;
  readonly first: number;
  last: number;
}

/** The entities of a sentence, token by token, and what of them was not read. */
export class WebAnnoEntities {
  #entities: Entity[] = [];
  #byId = new Map<number, Entity>();
  /** Entities of the sentence before, which may go on. */
  #before = new Map<number, Entity>();
  readonly #partly = new Set<Entity>();
  #counts = { nested: 0, untyped: 0, widened: 0, across: 0 };

  /** Adds the labels of a token of the sentence. */
  add(token: number, labels: readonly Labelled[]): void {
    for (const { type, id } of labels) {
      const known = id === undefined ? undefined : this.#byId.get(id);
      if (known !== undefined) known.last = token;
      else this.#begin({ type, first: token, last: token }, id);
    }
  }

  /** Adds the labels of a part of the token. */
  addPart(token: number, labels: readonly Labelled[]): void {
    for (const { type, id } of labels) {
      let entity =
        id === undefined
          ? this.#entities.find((each) => each.first === token && each.last === token && each.type === type)
          : this.#byId.get(id);
      entity ??= this.#begin({ type, first: token, last: token }, id);
      entity.last = Math.max(entity.last, token);
      this.#partly.add(entity);
    }
  }

  #begin(entity: Entity, id: number | undefined): Entity {
    this.#entities.push(entity);
    if (id === undefined) return entity;
    this.#byId.set(id, entity);
    if (this.#before.get(id)?.type === entity.type) this.#counts.across++;
    return entity;
  }

  /** Returns the tags of the sentence in IOB2, and begins the next one. Of entities that overlap, the longest is read. */
  tags(length: number): string[] {
    const tags = Array.from({ length }, () => "O");
    const longestFirst = this.#entities.toSorted((a, b) => b.last - b.first - (a.last - a.first));
    for (const entity of longestFirst) {
      const { type, first, last } = entity;
      // An entity that overlaps a longer one, or one of its length, has an end in it.
      const isFree = tags[first] === "O" && tags[last] === "O";
      if (type === "") this.#counts.untyped++;
      else if (!isFree) this.#counts.nested++;
      else {
        for (let at = first; at <= last; at++) tags[at] = `${at === first ? "B" : "I"}-${type}`;
        if (this.#partly.has(entity)) this.#counts.widened++;
      }
    }
    this.#before = this.#byId;
    this.#byId = new Map();
    this.#entities = [];
    this.#partly.clear();
    return tags;
  }

  /** Counts what was not read as it is in the file. */
  tell(leftOut: LeftOut): void {
    const { nested, untyped, widened, across } = this.#counts;
    leftOut.detail("nested entity", nested, "nested entities");
    leftOut.detail("entity without a value", untyped, "entities without a value");
    leftOut.detail("end of an entity inside of a token", widened, "ends of entities inside of tokens");
    leftOut.detail("entity across sentences", across, "entities across sentences");
  }

  /** Says what was not read as it is in the file, and how often. */
  notes(): string[] {
    const { nested, untyped, widened, across } = this.#counts;
    const entities = (count: number) => counted(count, "entity", "entities");
    return [
      nested > 0 && `${entities(nested)} not read, because a longer one overlaps.`,
      untyped > 0 && `${entities(untyped)} not read, because the value is missing.`,
      widened > 0 && `${entities(widened)} widened to whole tokens.`,
      across > 0 && `${entities(across)} cut at the end of a sentence.`,
    ].filter((note) => note !== false);
  }
}
