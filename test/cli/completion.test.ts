import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { nerium } from "../../src/cli/nerium.js";
import { recipeFields } from "../../src/recipe/index.js";
import { testIo } from "./testIo.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-completion-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const scripts: Record<string, string> = {};
beforeAll(async () => {
  for (const shell of ["bash", "zsh", "fish"]) {
    const { io, stdout, stderr } = testIo();
    expect(await nerium(["completion", shell], io)).toBe(0);
    expect(stderr.text).toBe("");
    scripts[shell] = stdout.text;
  }
});

const hasShell = (name: string) => spawnSync(name, ["-c", "true"]).status === 0;

/** What bash offers when Tab is pressed after the last word. */
function offered(...words: string[]): string[] {
  const quoted = ["nerium", ...words].map((word) => `'${word}'`).join(" ");
  const press = `COMP_WORDS=(${quoted}); COMP_CWORD=${words.length}; _nerium; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr, status } = spawnSync("bash", ["--norc", "-uc", `${scripts.bash}\n${press}`], {
    encoding: "utf8",
  });
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  return stdout.split("\n").filter(Boolean);
}

describe.skipIf(!hasShell("bash"))("completion in bash", () => {
  it("offers commands, and subcommands where there are some", () => {
    expect(offered("tr")).toEqual(["train"]);
    expect(offered("")).toEqual(
      expect.arrayContaining(["train", "predict", "completion", "help", "--version"]),
    );
    expect(offered("data", "")).toEqual(expect.arrayContaining(["inspect", "split"]));
    expect(offered("help", "qu")).toEqual(["quickstart"]);
    expect(offered("completion", "")).toEqual(expect.arrayContaining(["bash", "zsh", "fish"]));
  });

  it("offers every option of a command, and every field of a recipe", () => {
    const flags = recipeFields.filter(({ type }) => type !== "section").map(({ kebab }) => `--${kebab}`);
    expect(offered("train", "--")).toEqual(
      expect.arrayContaining([...flags, "--resume", "--json", "--help"]),
    );
    expect(offered("train", "--learning")).toEqual(["--learning-rate"]);
    expect(offered("data", "inspect", "--off")).toEqual(["--offsets"]);
    expect(offered("predict", "my-model", "--agg")).toEqual(["--aggregation-strategy"]);
  });

  it("offers the values of an option that has a choice, after a space or an equals sign", () => {
    expect(offered("evaluate", "--decoding", "")).toEqual(["argmax", "viterbi"]);
    expect(offered("train", "--save-strategy", "e")).toEqual(["epoch"]);
    expect(offered("predict", "--format", "=", "js")).toEqual(["jsonl", "json"]);
    expect(offered("predict", "--format", "=")).toEqual([
      ...["text", "jsonl", "json", "conll", "html", "doccano", "label-studio"],
    ]);
  });

  it("leaves file names to the shell: as a value, and as an argument", () => {
    expect(offered("train", "--train", "")).toEqual([]);
    expect(offered("train", "")).toEqual([]);
    expect(offered("predict", "my-model", "tex")).toEqual([]);
    expect(scripts.bash).toContain("complete -o bashdefault -o default -F _nerium nerium");
  });
});

describe.each(["zsh", "fish"])("completion in %s", (shell) => {
  it("names all commands and options, with what they do", () => {
    const script = scripts[shell]!;
    expect(script).toContain("Compare the predictions of two models");
    const long = shell === "zsh" ? "--aggregation-strategy=[" : "-l aggregation-strategy -x";
    expect(script).toContain(long);
    expect(script).toContain("none simple first average max");
    for (const { kebab } of recipeFields.filter(({ type }) => type !== "section"))
      expect(script).toMatch(shell === "zsh" ? `'--${kebab}` : `-l ${kebab} `);
  });

  it.skipIf(!hasShell(shell))("is a script that the shell can read", () => {
    const file = join(scratch, shell);
    writeFileSync(file, scripts[shell]!);
    const { stderr, status } = spawnSync(shell, ["-n", file], { encoding: "utf8" });
    expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  });
});
