/** Settings from flags, the environment, a file and programs: each by each, and which one wins. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { define } from "../../src/cli/commands/serve.js";
import { kebabCase, snakeCase } from "../../src/recipe/spelling.js";
import type { ServerOptions } from "../../src/serve/index.js";
import {
  keyFile,
  resolvedSettings,
  type SettingFacts,
  type Settings,
  settings,
  settingValue,
  variableOf,
} from "../../src/serve/settings.js";
import { settingsFrom } from "../../src/serve/sources.js";
import { testIo } from "../cli/testIo.js";

const scratch = mkdtempSync(join(tmpdir(), "nerium-settings-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
let files = 0;
const file = (text: string, name = `${files++}.yaml`) => {
  const path = join(scratch, name);
  writeFileSync(path, text);
  return path;
};
const from = (flags: object, env: Record<string, string> = {}, yaml?: string) =>
  settingsFrom({
    flags: flags as Record<string, unknown>,
    env,
    file: yaml === undefined ? undefined : file(yaml),
  });

/** A value of a setting that is not its default, as text. */
function other({ kind, standard, name }: SettingFacts): string {
  if (typeof kind !== "string") return kind.find((each) => each !== standard)!;
  if (kind === "switch") return "true";
  if (kind === "list")
    return name === "apiKeys" ? "key-number-1,key-number-2" : "https://a.example,http://b.example:81";
  return kind === "number" ? "7" : "127.0.0.2";
}

describe("settings", () => {
  it.each(settings.map((setting) => [setting.name, setting] as const))(
    "%s can be given by flag, variable and key, with the same effect",
    async (name, setting) => {
      const text = other(setting);
      const value = settingValue(text, setting.kind);
      const expected = { ...resolvedSettings({}), [name]: value };
      expect(resolvedSettings({ [name]: value })).toEqual(expected);
      expect(expected[name]).not.toEqual(resolvedSettings({})[name]);
      const yaml = Array.isArray(value) ? `[${value.join(", ")}]` : text;
      for (const found of [
        await from({ [name]: value }),
        await from({}, { [variableOf(name)]: text }),
        await from({}, {}, `${snakeCase(name)}: ${yaml}\n`),
        await from({}, {}, `${name}: ${yaml}\n`),
      ])
        expect(found.settings).toEqual(expected);
    },
  );

  it("from flags win over those of the environment, and these over the file", async () => {
    const yaml = "max_texts: 3\nport: 3\ndeadline: 3\n";
    const env = { NERIUM_SERVE_PORT: "2", NERIUM_SERVE_MAX_TEXTS: "2", NERIUM_SERVE_LOG_TEXTS: "" };
    expect((await from({ maxTexts: 1 }, env, yaml)).settings).toMatchObject({
      maxTexts: 1,
      port: 2,
      deadline: 3,
      logTexts: false,
      host: "127.0.0.1",
    });
  });

  it.each([
    [{ NERIUM_SERVE_PORT: "tcp://10.0.0.1:80" }, "SERVE_SETTING_INVALID", "NERIUM_SERVE_PORT", /port: /],
    [{ NERIUM_SERVE_LOG_TEXTS: "yes" }, "SERVE_SETTING_INVALID", "NERIUM_SERVE_LOG_TEXTS", /logTexts/],
    [{ NERIUM_SERVE_MAX_TEXT: "5" }, "SERVE_SETTING_UNKNOWN", "NERIUM_SERVE_MAX_TEXT", /MAX_TEXT/],
    [{ NERIUM_SERVE_API_KEYS: "short" }, "SERVE_SETTING_INVALID", "NERIUM_SERVE_API_KEYS", /apiKeys/],
    [{ NERIUM_SERVE_MAX_TEXTS: "1e3" }, "SERVE_SETTING_INVALID", "NERIUM_SERVE_MAX_TEXTS", /maxTexts/],
  ])(
    "of the environment %j are refused, with the name of the variable",
    async (env, code, where, message) => {
      const error = await from({}, env as Record<string, string>).catch((thrown) => thrown);
      expect(error).toMatchObject({ code, where });
      expect(error.message).toMatch(message);
      expect(error.message).not.toContain("short");
    },
  );

  it("of the environment that Kubernetes sets for services are none", async () => {
    const env = { NERIUM_SERVE_SERVICE_HOST: "10.0.0.1", NERIUM_SERVE_PORT_8080_TCP_ADDR: "10.0.0.1" };
    expect((await from({}, env)).settings).toEqual(resolvedSettings({}));
  });

  it.each([
    ["max_text: 5\n", "SERVE_SETTING_UNKNOWN", 1, /Unknown setting max_text/],
    ["port: 1\nmax_texts: many\n", "SERVE_SETTING_INVALID", 2, /maxTexts/],
    ["port: 1\nport: 2\n", "SERVE_FILE_INVALID", 2, /twice/],
    ["max_texts: 1\nmaxTexts: 2\n", "SERVE_FILE_INVALID", 2, /twice/],
    ["- a\n", "SERVE_FILE_INVALID", undefined, /not a map/],
    ["a: [\n", "SERVE_FILE_INVALID", 2, /./],
    ["models: 5\n", "SERVE_SETTING_INVALID", 1, /models must be/],
  ])("of the file %j are refused, with the line", async (yaml, code, line, message) => {
    const error = await from({}, {}, yaml).catch((thrown) => thrown);
    expect(error).toMatchObject({ code });
    expect(error.where).toMatch(line === undefined ? /\.yaml$/ : new RegExp(`\\.yaml:${line}$`));
    expect(error.message).toMatch(message);
  });

  it("can name the models, in the environment and in the file", async () => {
    expect((await from({}, { NERIUM_SERVE_MODELS: "a=/x, /y" })).models).toEqual(["a=/x", "/y"]);
    expect((await from({}, {}, "models:\n  a: /x\n  b: /y\n")).models).toEqual(["a=/x", "b=/y"]);
    expect((await from({}, {}, "models: [/x]\n")).models).toEqual(["/x"]);
    expect((await from({}, {}, "\n")).models).toEqual([]);
  });

  it("can have tokens in a file, one per line", async () => {
    const keys = file("first-key\n\n  second-key  \n", "keys.txt");
    const found = await from({ apiKeyFile: keys }, { NERIUM_SERVE_API_KEYS: "third-key" });
    expect(found.settings.apiKeys).toEqual(["third-key", "first-key", "second-key"]);
    const empty = file("\n", "empty.txt");
    await expect(from({ apiKeyFile: empty })).rejects.toMatchObject({
      code: "SERVE_SETTING_INVALID",
      where: empty,
    });
    if (process.platform === "linux")
      await expect(from({ apiKeyFile: "/dev/zero" })).rejects.toMatchObject({ code: "FILES_NOT_REGULAR" });
    await expect(from({ apiKeyFile: join(scratch, "none") })).rejects.toMatchObject({
      code: "FILES_NOT_FOUND",
    });
    await expect(from({}, {}, "api_key_file: 5\n")).rejects.toMatchObject({ code: "SERVE_SETTING_INVALID" });
  });
});

describe("a list of all settings", () => {
  it("is in docs/serving.md", () => {
    const page = readFileSync(resolve(import.meta.dirname, "../../docs/serving.md"), "utf8");
    const section = page.slice(page.indexOf("\n## Settings"), page.indexOf("\n## Operations"));
    const rows = [...section.matchAll(/^\| `([a-z_]+)` \| (.*?) ?\| (.+) \|$/gm)].map((row) => row.slice(1));
    const shown = (value: unknown) => {
      if (value === undefined) return "";
      return Array.isArray(value) ? "none" : `\`${value}\``;
    };
    const expected = [...settings, keyFile].map(({ name, standard, description }) => [
      snakeCase(name),
      shown(standard),
      `${description}.`,
    ]);
    expect(rows.sort()).toEqual(expected.sort());
  });

  it("is in the help of nerium serve, except tokens", () => {
    const flags = define(testIo().io).options.map(({ long }) => long);
    const expected = [...settings, keyFile]
      .map(({ name }) => `--${kebabCase(name)}`)
      .filter((flag) => flag !== "--api-keys");
    expect(flags.filter((flag) => flag !== "--config").sort()).toEqual(expected.sort());
  });

  it("is in the type of createServer's options", () => {
    type Given = Omit<ServerOptions, "models" | "log" | "onDownload" | "onWarning">;
    type Missing = Exclude<keyof Settings, keyof Given> | Exclude<keyof Given, keyof Settings>;
    const nothing: Missing[] = [];
    // What the compiler checks: every value of a setting is one of the option.
    const given: Given = resolvedSettings({});
    expect([nothing, Object.keys(given)]).toEqual([[], Object.keys(resolvedSettings({}))]);
  });
});
