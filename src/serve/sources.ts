import { attempt, readWholeFile } from "../files/index.js";
import { plainYaml } from "../plainYaml.js";
import { camelCase, kebabCase, nearest, snakeCase } from "../recipe/spelling.js";
import { settingInvalid, settingsFileInvalid, settingUnknown } from "./errors.js";
import {
  keyFile,
  listOf,
  PREFIX,
  resolvedSettings,
  type SettingFacts,
  type Settings,
  settings,
  settingValue,
  variableOf,
} from "./settings.js";

/** Where settings can come from. Flags win over the environment, and that over the file. */
export interface SettingSources {
  /** Values of flags, by the names of the settings. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** A YAML file. */
  readonly file?: string | undefined;
}

/** Settings, and the models that the environment or the file names. */
export interface FoundSettings {
  readonly settings: Settings;
  /** As `NAME=FOLDER` or `FOLDER`. */
  readonly models: readonly string[];
}

const MODELS = "models";

/**
 * Brings together the settings from all sources.
 *
 * @throws NeriumError SERVE_SETTING_INVALID, SERVE_SETTING_UNKNOWN, SERVE_FILE_INVALID, `FILES_…`
 */
export async function settingsFrom({ flags, env, file }: SettingSources): Promise<FoundSettings> {
  const inFile =
    file === undefined ? { values: {}, places: new Map<string, string>() } : await fromFile(file);
  const inEnv = fromEnvironment(env);
  const places = new Map([...inFile.places, ...inEnv.places]);
  for (const name of Object.keys(flags)) places.set(name, `--${kebabCase(name)}`);
  const all: Record<string, unknown> = { ...inFile.values, ...inEnv.values, ...flags };
  const { [MODELS]: models, [keyFile.name]: keys, ...given } = all;
  const whereIs = (name: string) => places.get(name) ?? name;
  return {
    settings: await withKeyFile(resolvedSettings(given, whereIs), keys, whereIs(keyFile.name)),
    models: modelList(models, whereIs(MODELS)),
  };
}

interface Found {
  readonly values: Readonly<Record<string, unknown>>;
  /** Where each value is. */
  readonly places: ReadonlyMap<string, string>;
}

async function fromFile(file: string): Promise<Found> {
  const text = (await attempt(file, "read", () => readWholeFile(file))).toString("utf8");
  const { values, lineOf } = plainYaml(text, (line, what) =>
    settingsFileInvalid(line === undefined ? file : `${file}:${line}`, what),
  );
  if (values === null || values === undefined) return { values: {}, places: new Map() };
  if (typeof values !== "object" || Array.isArray(values))
    throw settingsFileInvalid(file, "it is not a map of settings");
  const known: Record<string, unknown> = {};
  const places = new Map<string, string>();
  for (const [key, value] of Object.entries(values)) {
    const line = lineOf([key]);
    const place = line === undefined ? file : `${file}:${line}`;
    const name = camelCase(key);
    if (name !== MODELS && !NAMES.includes(name)) {
      const meant = nearest(name, [MODELS, ...NAMES]);
      throw settingUnknown(place, key, meant && snakeCase(meant));
    }
    if (name in known) throw settingsFileInvalid(place, `${key} appears twice`);
    if (value === null) continue;
    known[name] = value;
    places.set(name, place);
  }
  return { values: known, places };
}

const ALL: readonly SettingFacts[] = [...settings, keyFile];
const NAMES = ALL.map(({ name }) => name);

function fromEnvironment(env: SettingSources["env"]): Found {
  const values: Record<string, unknown> = {};
  const places = new Map<string, string>();
  const variables = new Map(ALL.map((each) => [variableOf(each.name), each]));
  for (const [variable, text] of Object.entries(env)) {
    if (!variable.startsWith(PREFIX) || text === undefined || text === "") continue;
    const setting = variables.get(variable);
    if (setting !== undefined) {
      values[setting.name] = settingValue(text, setting.kind);
      places.set(setting.name, variable);
    } else if (variable === variableOf(MODELS)) {
      values[MODELS] = listOf(text);
      places.set(MODELS, variable);
    } else {
      // Kubernetes sets variables that begin like the names of services. Those are none that someone mistyped.
      const meant = nearest(variable, [...variables.keys(), variableOf(MODELS)]);
      const isNear = meant !== undefined && Math.abs(meant.length - variable.length) <= 2;
      if (isNear && !/_(SERVICE|PORT)_/.test(variable)) throw settingUnknown(variable, variable, meant);
    }
  }
  return { values, places };
}

/** Adds the tokens of the file of tokens. */
async function withKeyFile(found: Settings, file: unknown, place: string): Promise<Settings> {
  if (file === undefined) return found;
  if (typeof file !== "string" || file === "")
    throw settingInvalid(place, `${keyFile.name}: must be the path of a file`);
  const text = (await attempt(file, "read", () => readWholeFile(file))).toString("utf8");
  const keys = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "");
  if (keys.length === 0) throw settingInvalid(file, "the file has no tokens");
  return resolvedSettings({ ...found, apiKeys: [...found.apiKeys, ...keys] }, () => file);
}

/** Returns the models as on the command line. They are a list, or a map from names to folders. */
function modelList(models: unknown, place: string): string[] {
  if (models === undefined) return [];
  const isText = (value: unknown): value is string => typeof value === "string" && value !== "";
  if (Array.isArray(models) && models.every(isText)) return models;
  if (typeof models === "object" && models !== null && Object.values(models).every(isText))
    return Object.entries(models).map(([name, folder]) => `${name}=${folder}`);
  throw settingInvalid(place, "models must be a list of folders, or a map from names to folders");
}
