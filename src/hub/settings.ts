import { homedir } from "node:os";
import { join } from "node:path";
import { readWholeText } from "../files/index.js";
import { keepSecret } from "../shown.js";
import { addressInvalid, addressWithPassword, insecure } from "./errors.js";

/** Settings of the hub, read from environment variables with huggingface_hub's names. */
export interface HubSettings {
  /** Without a trailing slash. */
  readonly endpoint: string;
  /** Folder of the cache, shared with huggingface_hub. */
  readonly cache: string;
  readonly token: string | undefined;
  /** True if no requests may be sent. */
  readonly offline: boolean;
  readonly proxies: Proxies;
}

/** Proxy addresses, and the hosts that are reached without a proxy. */
export interface Proxies {
  readonly https: string | undefined;
  readonly http: string | undefined;
  /** In the format of `NO_PROXY`: `localhost,.example.org,10.0.0.1:8080`, or `*`. */
  readonly except: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads `HF_ENDPOINT`, `HF_HOME`, `HF_HUB_CACHE`, `HF_TOKEN` (or the token file that `hf auth login` writes),
 * `HF_HUB_OFFLINE`, `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`.
 *
 * @see https://huggingface.co/docs/huggingface_hub/package_reference/environment_variables
 * @throws NeriumError HUB_ADDRESS_INVALID, HUB_INSECURE
 */
export async function hubSettings(environment: Environment = process.env): Promise<HubSettings> {
  const of = (name: string): string | undefined => environment[name]?.trim() || undefined;
  const home = homeIn(environment);
  const tokenFile = of("HF_TOKEN_PATH") ?? join(home, "token");
  const endpoint = (of("HF_ENDPOINT") ?? "https://huggingface.co").replace(/\/+$/, "");
  const address = addressOf(endpoint, "HF_ENDPOINT");
  keepPassword(address);
  requireSecure(address);
  if (address.username !== "" || address.password !== "") throw addressWithPassword("HF_ENDPOINT");
  const token =
    of("HF_TOKEN") ?? of("HUGGING_FACE_HUB_TOKEN") ?? (await tokenIn(expanded(tokenFile, environment)));
  for (const line of token?.split(/\s+/) ?? []) keepSecret(line);
  return {
    endpoint,
    cache: expanded(of("HF_HUB_CACHE") ?? of("HUGGINGFACE_HUB_CACHE") ?? join(home, "hub"), environment),
    token,
    offline: /^(1|on|yes|true)$/i.test(of("HF_HUB_OFFLINE") ?? of("TRANSFORMERS_OFFLINE") ?? ""),
    proxies: proxiesIn(environment),
  };
}

/**
 * Reads `HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY` and `NO_PROXY`, in small or capital letters.
 *
 * @throws NeriumError HUB_ADDRESS_INVALID
 */
export function proxiesIn(environment: Environment): Proxies {
  const of = (name: string): string | undefined =>
    environment[name.toLowerCase()]?.trim() || environment[name]?.trim() || undefined;
  const proxy = (name: string): string | undefined => {
    const value = of(name) ?? of("ALL_PROXY");
    if (value !== undefined) keepPassword(addressOf(value, name));
    return value;
  };
  return { https: proxy("HTTPS_PROXY"), http: proxy("HTTP_PROXY"), except: of("NO_PROXY") ?? "" };
}

/** Returns the folder of caches and token, `HF_HOME`. */
export const cacheHome = (environment: Environment = process.env): string =>
  expanded(homeIn(environment), environment);

function homeIn(environment: Environment): string {
  const of = (name: string): string | undefined => environment[name]?.trim() || undefined;
  return of("HF_HOME") ?? join(of("XDG_CACHE_HOME") ?? join("~", ".cache"), "huggingface");
}

/** Returns the token that `hf auth login` stored, or `undefined` if there is none. */
async function tokenIn(file: string): Promise<string | undefined> {
  const text = await readWholeText(file).catch(() => "");
  return text.trim() || undefined;
}

function addressOf(address: string, variable: string): URL {
  if (!/^https?:\/\//.test(address) || !URL.canParse(address)) throw addressInvalid(variable, address);
  return new URL(address);
}

/** Hides the password of an address in all messages, also as it is sent. */
function keepPassword({ username, password }: URL): void {
  if (password === "") return;
  for (const each of [password, decoded(password)]) keepSecret(each);
  keepSecret(Buffer.from(`${decoded(username)}:${decoded(password)}`).toString("base64"));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const THIS_MACHINE = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** Returns true for https, and for http on this machine. */
export const isSecure = ({ protocol, hostname }: URL): boolean =>
  protocol === "https:" || (protocol === "http:" && THIS_MACHINE.has(hostname));

/** Refuses addresses that are neither https nor on this machine. */
export function requireSecure(address: URL): void {
  if (!isSecure(address)) throw insecure(address.href);
}

/** Expands `~`, `$NAME` and `${NAME}` as a shell does. */
function expanded(path: string, environment: Environment): string {
  return path
    .replace(/^~(?=$|[\\/])/, () => environment.HOME ?? homedir())
    .replace(
      /\$(?:\{(\w+)\}|(\w+))/g,
      (all, braced: string, plain: string) => environment[braced ?? plain] ?? all,
    );
}

/** Returns the proxy for an address, or `undefined` for a direct connection. */
export function proxyOf(address: URL, { https, http, except }: Proxies): string | undefined {
  const proxy = address.protocol === "https:" ? https : http;
  if (proxy === undefined) return undefined;
  const host = address.hostname.replace(/^\[|\]$/g, "").toLowerCase();
  const port = address.port || (address.protocol === "https:" ? "443" : "80");
  const isExcepted = except
    .split(/[,\s]+/)
    .filter((entry) => entry !== "")
    .some((entry) => {
      if (entry === "*") return true;
      const [, name = "", entryPort] = /^(?:\*?\.)?(.*?)(?::(\d+))?$/.exec(entry.toLowerCase()) ?? [];
      if (entryPort !== undefined && entryPort !== port) return false;
      return host === name || host.endsWith(`.${name}`);
    });
  return isExcepted ? undefined : proxy;
}
