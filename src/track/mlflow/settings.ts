import { type Proxies, proxiesIn } from "../../hub/settings.js";
import { keepSecret } from "../../shown.js";
import { mlflowAddressMissing, mlflowSettingInvalid } from "../errors.js";

/** Settings of MLflow, read from the environment variables of its own client. */
export interface MlflowSettings {
  /** Address of the server, without a slash at the end and without a password. */
  readonly address: string;
  readonly authorization: string | undefined;
  readonly proxies: Proxies;
  /** Name of the experiment. Defaults to MLflow's experiment `Default`. */
  readonly experiment: string | undefined;
  /** A run to continue. */
  readonly runId: string | undefined;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * Reads `MLFLOW_TRACKING_URI`, `MLFLOW_TRACKING_TOKEN`, `MLFLOW_TRACKING_USERNAME`, `MLFLOW_TRACKING_PASSWORD`,
 * `MLFLOW_EXPERIMENT_NAME`, `MLFLOW_RUN_ID`, `MLFLOW_TAGS` and the proxies.
 *
 * @throws NeriumError TRACK_MLFLOW_ADDRESS_MISSING, TRACK_MLFLOW_SETTING_INVALID
 */
export function mlflowSettings(environment: Readonly<Record<string, string | undefined>>): MlflowSettings {
  const of = (name: string): string | undefined => environment[name]?.trim() || undefined;
  const address = of("MLFLOW_TRACKING_URI");
  if (address === undefined) throw mlflowAddressMissing();
  if (!/^https?:\/\//.test(address) || !URL.canParse(address))
    throw mlflowSettingInvalid(
      "MLFLOW_TRACKING_URI",
      "the address of a server, beginning with http:// or https://",
    );
  const url = new URL(address);
  const username = of("MLFLOW_TRACKING_USERNAME") ?? decodeURIComponent(url.username);
  const password = of("MLFLOW_TRACKING_PASSWORD") ?? decodeURIComponent(url.password);
  const token = of("MLFLOW_TRACKING_TOKEN");
  const basic = Buffer.from(`${username}:${password}`).toString("base64");
  for (const secret of [token, password, url.password, basic]) if (secret) keepSecret(secret);
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token))
    throw mlflowSettingInvalid("MLFLOW_TRACKING_TOKEN", "a token without spaces");
  url.username = "";
  url.password = "";
  return {
    address: url.href.replace(/\/+$/, ""),
    authorization: username !== "" ? `Basic ${basic}` : token && `Bearer ${token}`,
    proxies: proxiesIn(environment),
    experiment: of("MLFLOW_EXPERIMENT_NAME"),
    runId: of("MLFLOW_RUN_ID"),
    tags: tagsIn(of("MLFLOW_TAGS")),
  };
}

function tagsIn(text: string | undefined): Record<string, string> {
  if (text === undefined) return {};
  try {
    const tags: unknown = JSON.parse(text);
    if (typeof tags === "object" && tags !== null && !Array.isArray(tags))
      return Object.fromEntries(Object.entries(tags).map(([name, value]) => [name, String(value)]));
  } catch {
    // The error below says what is expected.
  }
  throw mlflowSettingInvalid("MLFLOW_TAGS", "a JSON object of tags");
}
