import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { annotate } from "../../src/annotate/index.js";
import { writeTinyModel } from "../infer/tinyModel.js";
import { pythonWith } from "../pythonWith.js";

const python = pythonWith("duckdb");

describe.skipIf(python === undefined)("DuckDB (needs NERIUM_PYTHON with duckdb)", () => {
  const scratch = mkdtempSync(join(tmpdir(), "nerium-duckdb-"));
  afterAll(() => rmSync(scratch, { recursive: true, force: true }));

  const query = (sql: string): unknown => {
    const program = "import duckdb, json, sys; print(json.dumps(duckdb.sql(sys.argv[1]).fetchall()))";
    const { stdout, stderr, status } = spawnSync(python!, ["-c", program, sql], { encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
    return JSON.parse(stdout);
  };

  it("reads annotated tables in both formats, with entities as structs", async () => {
    const model = await writeTinyModel(join(scratch, "model"));
    const table = join(scratch, "table.csv");
    const rows = Array.from({ length: 200 }, (_, id) => `${id},"Anna ${id} lives in Berlin, the city."`);
    writeFileSync(table, `id,body\n${rows.join("\n")}\n`);
    const counts = [];
    for (const format of ["parquet", "jsonl"] as const) {
      const output = join(scratch, format);
      await annotate(model, [table], output, { textColumn: "body", format, shardSize: 2000, threads: 1 });
      counts.push(
        query(
          `select count(*), count(distinct id), sum(len(entities)), max(entities[1].start) from '${output}/*.${format}'`,
        ),
      );
      // Offsets are those of the text; SQL counts from 1.
      const wrong = `select count(*) from (select text, unnest(entities) e from '${output}/*.${format}')
        where substring(text, cast(e.start + 1 as int), cast(e.end - e.start as int)) <> e.text`;
      expect(query(wrong)).toEqual([[0]]);
    }
    expect(counts[0]).toEqual(counts[1]);
    expect(counts[0]).toEqual([[200, 200, expect.any(Number), expect.any(Number)]]);
  });
});
