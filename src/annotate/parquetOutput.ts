import type { SchemaElement } from "hyparquet";
import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import type { AggregationStrategy, Entity } from "../infer/index.js";
import { columnUnsupported } from "./errors.js";
import { type StoredColumn, storedSchema } from "./parquetInput.js";
import type { Result, ResultsWriter } from "./results.js";
import type { ShardFile } from "./shardFile.js";

/** What is kept of the input besides its texts. */
export type KeptColumns =
  /** Nothing: plain text. */
  | { readonly kind: "none" }
  /** Columns of a table, which are texts. */
  | { readonly kind: "texts"; readonly names: readonly string[] }
  /** Fields of JSON records, in one column `fields` as JSON, because each record can have others. */
  | { readonly kind: "json" }
  /** Columns of a Parquet file, as they are stored. */
  | { readonly kind: "stored"; readonly columns: readonly StoredColumn[] };

/** Rows that are written at once. */
const GROUP = 20_000;

interface OwnColumn {
  readonly name: string;
  readonly schema: readonly SchemaElement[];
  read(result: Result): unknown;
  /** Values as they are stored, of which statistics would be wrong. */
  readonly stored?: true;
}

/**
 * Writes results as Parquet: `file`, `line` or `row`, `text`, `entities` as a list of structs, `windows`, `truncated`,
 * `error`, and the other columns of the input. A column of the input that has the name of one of these gets `input_` before
 * it.
 */
export class ParquetOutput implements ResultsWriter {
  private readonly columns: readonly OwnColumn[];
  private readonly bytes = new ByteWriter();
  private readonly writer: ParquetWriter;
  private readonly schema: SchemaElement[];
  private waiting: Result[] = [];

  /** @param input the file of the rows */
  constructor(
    private readonly file: ShardFile,
    private readonly input: string,
    {
      isTable,
      kept,
      strategy,
    }: {
      /** Rows have numbers instead of lines. */
      readonly isTable: boolean;
      readonly kept: KeptColumns;
      readonly strategy: AggregationStrategy | undefined;
    },
  ) {
    const own = ownColumns(input, isTable, strategy);
    const taken = new Set(own.map(({ name }) => name));
    this.columns = [...own, ...keptColumns(kept, (name) => freeName(name, taken))];
    const elements = this.columns.flatMap(({ schema }) => schema);
    this.schema = [{ name: "root", num_children: this.columns.length }, ...elements.map(writable)];
    // What was stored is written as it was. The schema that says what it means is written at the end.
    const written = this.columns.flatMap(({ schema, stored }) => (stored ? storedSchema(schema) : schema));
    this.writer = new ParquetWriter({
      writer: this.bytes,
      schema: [this.schema[0]!, ...written],
      createdBy: "nerium",
    });
  }

  async add(results: readonly Result[]): Promise<void> {
    this.waiting.push(...results);
    if (this.waiting.length >= GROUP) await this.flush();
  }

  async end(): Promise<void> {
    await this.flush();
    this.writer.schema = this.schema;
    await this.writer.finish();
    await this.written();
  }

  private async flush(): Promise<void> {
    const rows = this.waiting;
    if (rows.length === 0) return;
    this.waiting = [];
    const columnData = this.columns.map(({ name, read, stored }) => ({
      name,
      data: rows.map(read),
      ...(stored && { statistics: false }),
    }));
    try {
      await this.writer.write({ columnData, rowGroupSize: rows.length });
    } catch (cause) {
      const { message } = cause as Error;
      throw columnUnsupported(this.input, `of the table (${message})`, cause);
    }
    await this.written();
  }

  /** Writes what has been collected to the file. */
  private async written(): Promise<void> {
    await this.file.write(Buffer.from(this.bytes.getBytes()));
    this.bytes.index = 0;
  }
}

/**
 * The library writes the logical type of whole numbers in a form that other readers refuse. The older converted type says
 * the same.
 */
function writable({ logical_type: logical, ...element }: SchemaElement): SchemaElement {
  if (logical === undefined) return element;
  if (logical.type !== "INTEGER") return { ...element, logical_type: logical };
  const name = `${logical.isSigned ? "INT" : "UINT"}_${logical.bitWidth}`;
  return { ...element, converted_type: name as NonNullable<SchemaElement["converted_type"]> };
}

function freeName(name: string, taken: Set<string>): string {
  let free = name;
  while (taken.has(free)) free = `input_${free}`;
  taken.add(free);
  return free;
}

const leaf = (name: string, element: Omit<SchemaElement, "name">): SchemaElement[] => [
  { name, repetition_type: "OPTIONAL", ...element },
];
const texts = (name: string): SchemaElement[] => leaf(name, { type: "BYTE_ARRAY", converted_type: "UTF8" });

const list = (name: string, element: readonly SchemaElement[]): SchemaElement[] => [
  { name, repetition_type: "OPTIONAL", converted_type: "LIST", num_children: 1 },
  { name: "list", repetition_type: "REPEATED", num_children: 1 },
  ...element,
];

/** The columns of every annotation. */
function ownColumns(input: string, isTable: boolean, strategy: AggregationStrategy | undefined): OwnColumn[] {
  const place = isTable ? "row" : "line";
  return [
    { name: "file", schema: texts("file"), read: () => input },
    {
      name: place,
      schema: leaf(place, { type: "INT64" }),
      read: ({ row }) => BigInt((isTable ? row.row : row.line) ?? 0),
    },
    { name: "text", schema: texts("text"), read: ({ row, analysis }) => analysis?.text ?? row.text },
    {
      name: "entities",
      schema: list("entities", entityColumns(strategy)),
      read: ({ analysis }) => (analysis?.entities ?? []).map((entity: Entity) => ({ ...entity })),
    },
    {
      name: "windows",
      schema: leaf("windows", { type: "INT32" }),
      read: ({ analysis }) => analysis?.windows ?? 0,
    },
    {
      name: "truncated",
      schema: leaf("truncated", { type: "BOOLEAN" }),
      read: ({ analysis }) => analysis?.truncated ?? false,
    },
    { name: "error", schema: texts("error"), read: ({ error }) => error ?? null },
  ];
}

/** An entity, with the fields that the pipeline gives it. */
function entityColumns(strategy: AggregationStrategy | undefined): SchemaElement[] {
  const fields = [
    texts("type"),
    leaf("score", { type: "DOUBLE" }),
    texts("text"),
    leaf("start", { type: "INT32" }),
    leaf("end", { type: "INT32" }),
    list("words", leaf("element", { type: "INT32" })),
    ...(strategy === undefined ? [] : [texts("word")]),
    ...(strategy === "none" ? [texts("label"), leaf("index", { type: "INT32" })] : []),
  ];
  return [{ name: "element", repetition_type: "OPTIONAL", num_children: fields.length }, ...fields.flat()];
}

function keptColumns(kept: KeptColumns, nameOf: (name: string) => string): OwnColumn[] {
  switch (kept.kind) {
    case "none":
      return [];
    case "texts":
      return kept.names.map((name) => {
        const own = nameOf(name);
        return {
          name: own,
          schema: texts(own),
          read: ({ row }: Result) => (row.fields?.[name] as string | undefined) ?? null,
        };
      });
    case "json": {
      const own = nameOf("fields");
      return [
        {
          name: own,
          schema: leaf(own, { type: "BYTE_ARRAY", converted_type: "JSON" }),
          read: ({ row }) => row.fields ?? null,
        },
      ];
    }
    case "stored":
      return kept.columns.map(({ name, elements }, index) => {
        const own = nameOf(name);
        return {
          ...{ name: own, stored: true as const },
          schema: [{ ...elements[0]!, name: own }, ...elements.slice(1)],
          read: ({ row }: Result) => row.stored?.[index],
        };
      });
  }
}
