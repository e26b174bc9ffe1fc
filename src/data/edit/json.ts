import type { TextDocument } from "../../text/textDocument.js";
import { isRecord } from "../formats/json/jsonRecords.js";
import { annotationOf } from "../formats/json/labelStudio.js";
import { placesOf } from "../spans/places.js";
import type { EditedSpan, Editor, SpansEdit, SpansEdited, WordsEdit } from "./editor.js";
import { elementPlaces, type JsonPlace, memberPlaces, recordPlaces, valueAt } from "./jsonPlaces.js";
import type { Splice } from "./splice.js";

type Json = Readonly<Record<string, unknown>>;

/** A record, and where its values are. */
interface Found {
  readonly value: Json;
  readonly place: JsonPlace;
}

/**
 * Returns the record of an item. Items are in the order of their records, and some records have none.
 *
 * @param isOf says whether an item comes from a record
 */
function recordOf<T extends { readonly line: number }>(
  text: string,
  items: readonly T[],
  index: number,
  isOf: (item: T, record: Json) => boolean,
): Found | undefined {
  let at = 0;
  let line = 1;
  let counted = 0;
  for (const place of recordPlaces(text)) {
    for (let next = text.indexOf("\n", counted); next >= 0 && next < place.start; ) {
      line++;
      counted = next + 1;
      next = text.indexOf("\n", counted);
    }
    // Several records may be on one line.
    const item = items[at]!;
    if (item.line !== line) continue;
    const value = valueAt(text, place);
    if (!isRecord(value) || !isOf(item, value)) continue;
    if (at === index) return { value, place };
    at++;
  }
  return undefined;
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** Replaces elements of the list of tags of a record. */
export const jsonTags: Editor<WordsEdit, Splice[]> = ({ text, options, sentences, index, tags }) => {
  const { labels = [] } = options;
  const nameOf = (tag: unknown) => (typeof tag === "number" ? labels[tag] : tag);
  const found = recordOf(text, sentences, index, ({ words }, record) =>
    Object.values(record).some((value) => isSame(value, words)),
  );
  if (found === undefined) return undefined;
  const { words, tags: given } = sentences[index]!;
  const keys = Object.entries(found.value)
    .filter(([, list]) => Array.isArray(list) && isSame(list.map(nameOf), given))
    .map(([key]) => key);
  const key = keys.find((each) => !isSame(found.value[each], words)) ?? keys[0];
  if (key === undefined) return undefined;
  const list = memberPlaces(text, found.place.start).get(key)!;
  const elements = elementPlaces(text, list.start);
  const splices: Splice[] = [];
  for (const [word, tag] of [...tags].sort(([a], [b]) => a - b)) {
    const { start, end } = elements[word]!;
    const removed = text.slice(start, end);
    const number = labels.indexOf(tag);
    const isNumber = !removed.startsWith('"');
    if (isNumber && number < 0) return undefined;
    splices.push({ at: start, removed, inserted: isNumber ? String(number) : JSON.stringify(tag) });
  }
  return splices;
};

/** How a record has the entities of its text. */
interface SpanList {
  /** Keys and indices that lead to the list. */
  readonly path: readonly (string | number)[];
  readonly elements: readonly {
    readonly value: unknown;
    /** How many entities it stands for. */
    readonly entities: number;
  }[];
  /** Where relations between the entities are: in a list of their own, or among the elements. */
  readonly relations?: { readonly path: SpanList["path"]; readonly elements: readonly unknown[] };
  /** Returns the element of an entity, whose offsets are those of the file: another one that is changed, or a new one. */
  written(span: EditedSpan, like: unknown): unknown;
}

/** Returns the entities of a record of a document. `undefined` if it is another document, or if they cannot be changed. */
type SpanListOf = (record: Json, document: TextDocument) => SpanList | undefined;

/**
 * Replaces elements of the list of entities of a record. An entity that is replaced by an overlapping one keeps its other fields;
 * relations of removed entities are removed; elements that do not change stay as they are written.
 */
const jsonSpans =
  (listOf: SpanListOf): Editor<SpansEdit, SpansEdited> =>
  ({ text, documents, index, offsets, removed, added }) => {
    const document = documents[index]!;
    const found = recordOf(text, documents, index, (own, record) => {
      const list = listOf(record, own);
      return list !== undefined && entitiesOf(list).length === own.spans.length;
    });
    const list = found && listOf(found.value, document);
    if (found === undefined || list === undefined) return undefined;
    const places = offsets && placesOf(document.text, offsets);
    const inFile = (unit: number) => (places === undefined ? unit : places.indexOf(unit));
    const elementAs = (span: EditedSpan, like?: unknown) =>
      JSON.stringify(list.written({ ...span, start: inFile(span.start), end: inFile(span.end) }, like));

    // The entities of the document are in the same order.
    const elementOf = entitiesOf(list);
    const free = new Set(added);
    const changes = new Map<number, string | undefined>();
    for (const old of removed) {
      const own = matching(document, old);
      if (own.length === 0) return undefined;
      const instead = [...free].find((each) => each.start < old.end && old.start < each.end);
      if (instead !== undefined) free.delete(instead);
      for (const [at, span] of own.entries()) {
        const element = elementOf[span]!;
        const { value, entities } = list.elements[element]!;
        // One of several labels of a region.
        if (entities > 1) return undefined;
        changes.set(element, at === 0 && instead !== undefined ? elementAs(instead, value) : undefined);
      }
    }
    const inserted = [...free].map((span) => elementAs(span));
    const dangling = danglingRelations(list, changes);
    const isApart = !isSame(list.relations?.path, list.path);
    if (!isApart) for (const at of dangling) changes.set(at, undefined);
    const own = replacedList(text, placeOf(text, found.place, list.path), changes, inserted);
    if (!isApart || dangling.length === 0) return { splices: [own], relations: dangling.length };
    const without = new Map(dangling.map((at) => [at, undefined]));
    const relations = replacedList(text, placeOf(text, found.place, list.relations!.path), without, []);
    return { splices: [own, relations], relations: dangling.length };
  };

/** Indices of the relations that lead from or to an entity that is removed. */
function danglingRelations(
  { elements, relations }: SpanList,
  changes: ReadonlyMap<number, string | undefined>,
): number[] {
  if (relations === undefined) return [];
  const isRemoved = (at: number) => changes.has(at) && changes.get(at) === undefined;
  const idsOf = (some: SpanList["elements"]) =>
    some.flatMap(({ value }) => (isRecord(value) && value.id !== undefined ? [value.id] : []));
  const left = new Set<unknown>(idsOf(elements.filter((_, at) => !isRemoved(at))));
  const gone = new Set<unknown>(
    idsOf(elements.filter((_, at) => isRemoved(at))).filter((id) => !left.has(id)),
  );
  return [...relations.elements.entries()].flatMap(([at, value]) =>
    isRecord(value) && (gone.has(value.from_id) || gone.has(value.to_id)) ? [at] : [],
  );
}

/** The index of the element of each entity. */
const entitiesOf = ({ elements }: SpanList): number[] =>
  elements.flatMap(({ entities }, element) => Array<number>(entities).fill(element));

const placeOf = (text: string, record: JsonPlace, path: SpanList["path"]): JsonPlace =>
  path.reduce<JsonPlace>(
    ({ start }, step) =>
      typeof step === "number" ? elementPlaces(text, start)[step]! : memberPlaces(text, start).get(step)!,
    record,
  );

/** The entities of a document that are an entity of its words: the same, or else overlapping ones of the same type. */
function matching({ spans }: TextDocument, { type, start, end }: EditedSpan): number[] {
  const all = [...spans.entries()].filter(([, span]) => span.type === type);
  const equal = all.filter(([, span]) => span.start === start && span.end === end);
  const near = all.filter(([, span]) => span.start < end && start < span.end);
  return (equal.length > 0 ? equal : near).map(([index]) => index);
}

/** Writes a list anew: elements that stay as they are, changed ones, and new ones at the end. */
function replacedList(
  text: string,
  { start, end }: JsonPlace,
  changes: ReadonlyMap<number, string | undefined>,
  added: readonly string[],
): Splice {
  const places = elementPlaces(text, start);
  const [first, second] = places;
  const before = first === undefined ? "" : text.slice(start + 1, first.start);
  const after = first === undefined ? "" : text.slice(places.at(-1)!.end, end - 1);
  const between =
    first === undefined || second === undefined ? `,${before || " "}` : text.slice(first.end, second.start);
  const kept = places.flatMap((place, element) =>
    changes.has(element) ? (changes.get(element) ?? []) : [text.slice(place.start, place.end)],
  );
  const all = [...kept, ...added];
  const inserted = all.length === 0 ? "[]" : `[${before}${all.join(between)}${after}]`;
  return { at: start, removed: text.slice(start, end), inserted };
}

const START = ["start", "start_offset", "startOffset", "begin"];
const END = ["end", "end_offset", "endOffset"];
const TYPE = ["label", "type", "entity_type", "entity", "tag", "entityLabel", "displayName"];
const LISTS = ["label", "labels", "entities", "annotations", "spans", "ents", "mentions"];

/** Lists of `[start, end, type]`, or of objects: doccano, Prodigy and others. */
export const recordSpans: Editor<SpansEdit, SpansEdited> = jsonSpans((record, { text, id }) => {
  if (id !== undefined && String(record.id) !== id) return undefined;
  if (!Object.values(record).includes(text)) return undefined;
  const known = LISTS.filter((key) => Array.isArray(record[key]));
  const key = known.find((each) => (record[each] as unknown[]).length > 0) ?? known[0];
  if (key === undefined) return undefined;
  const elements = record[key] as unknown[];
  if (!elements.every((each) => Array.isArray(each) || isRecord(each))) return undefined;
  return {
    path: [key],
    elements: elements.map((value) => ({ value, entities: 1 })),
    ...(Array.isArray(record.relations)
      ? { relations: { path: ["relations"], elements: record.relations } }
      : {}),
    written: (span, like) => withSpan(like ?? newElement(elements, key), span),
  };
});

/** What a new element looks like: the others of its list, or the usual form of its key. */
function newElement(elements: readonly unknown[], key: string): unknown {
  const [first] = elements;
  if (Array.isArray(first)) return [];
  if (isRecord(first)) {
    const keys = [START, END, TYPE].map(
      (names) => names.find((name) => first[name] !== undefined) ?? names[0]!,
    );
    const ids = elements.map((each) => (each as Json).id).filter((id) => typeof id === "number");
    return {
      ...(ids.length > 0 ? { id: Math.max(...ids) + 1 } : {}),
      ...Object.fromEntries(keys.map((name) => [name, 0])),
      ...(typeof first.text === "string" ? { text: "" } : {}),
    };
  }
  if (key === "label" || key === "labels") return [];
  return key === "spans" ? { start: 0, end: 0, label: "" } : { label: "", start_offset: 0, end_offset: 0 };
}

/** Returns an element with another entity and its other fields. */
function withSpan(element: unknown, { type, start, end, text }: EditedSpan): unknown {
  if (Array.isArray(element)) return [start, end, type, ...element.slice(3)];
  const fields: Record<string, unknown> = { ...(element as Json) };
  const keyOf = (names: readonly string[]) => names.find((name) => fields[name] !== undefined) ?? names[0]!;
  // Prodigy's numbers of tokens, which would be wrong.
  if (fields[keyOf(START)] !== start) delete fields.token_start;
  if (fields[keyOf(END)] !== end) delete fields.token_end;
  fields[keyOf(START)] = start;
  fields[keyOf(END)] = end;
  fields[keyOf(TYPE)] = type;
  if (typeof fields.text === "string") fields.text = text;
  return fields;
}

/** The regions of Label Studio's tasks. */
export const labelStudioSpans: Editor<SpansEdit, SpansEdited> = jsonSpans((task, { text, id }) => {
  const { data } = task;
  if (id !== undefined && String(task.id) !== id) return undefined;
  if (!isRecord(data) || !Object.values(data).includes(text)) return undefined;
  const list = task.annotations === undefined ? "completions" : "annotations";
  const all = task[list];
  const annotation = annotationOf(task);
  if (annotation === undefined || !Array.isArray(all) || !Array.isArray(annotation.result)) return undefined;
  const regions = annotation.result as readonly unknown[];
  const labelled = regions.filter(isRecord).filter(({ value }) => labelsOf(value) !== undefined);
  if (labelled.some(({ value }) => (value as Json).hypertextlabels !== undefined)) return undefined;
  const ids = new Set(regions.map((region) => isRecord(region) && region.id));
  const path = [list, all.indexOf(annotation), "result"];
  return {
    path,
    elements: regions.map((value) => ({
      value,
      entities: isRecord(value) ? (labelsOf(value.value)?.length ?? 0) : 0,
    })),
    relations: { path, elements: regions },
    written(span, like) {
      const { type, start, end } = span;
      const given = isRecord(like) && isRecord(like.value) ? like.value : {};
      const value = { ...given, start, end, text: span.text, labels: [type] };
      if (isRecord(like)) return { ...like, value };
      const { from_name = "label", to_name = "text" } = labelled[0] ?? {};
      let name = `nerium-${start}-${end}`;
      while (ids.has(name)) name += "-2";
      return { id: name, from_name, to_name, type: "labels", value };
    },
  };
});

function labelsOf(value: unknown): readonly unknown[] | undefined {
  if (!isRecord(value)) return undefined;
  const labels = value.labels ?? value.hypertextlabels;
  return Array.isArray(labels) ? labels : undefined;
}
