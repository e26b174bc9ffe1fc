import { type Proxies, proxiesIn } from "../../hub/settings.js";
import { keepSecret } from "../../shown.js";
import { trackioAddressMissing, trackioSettingInvalid } from "../errors.js";

/** Settings of Trackio, read from the environment variables of its own client. */
export interface TrackioSettings {
  /** Address of the server, without a slash at the end and without a token. */
  readonly address: string;
  readonly token: string | undefined;
  readonly project: string;
  readonly proxies: Proxies;
}

/** The project of Trainer's runs. */
const PROJECT = "huggingface";

/**
 * Reads `TRACKIO_SERVER_URL`, whose query may have the token, `TRACKIO_WRITE_TOKEN`, `TRACKIO_PROJECT` and the proxies.
 *
 * @throws NeriumError TRACK_TRACKIO_ADDRESS_MISSING, TRACK_TRACKIO_SETTING_INVALID
 */
export function trackioSettings(environment: Readonly<Record<string, string | undefined>>): TrackioSettings {
  const of = (name: string): string | undefined => environment[name]?.trim() || undefined;
  const address = of("TRACKIO_SERVER_URL");
  if (address === undefined) throw trackioAddressMissing();
  if (!/^https?:\/\//.test(address) || !URL.canParse(address))
    throw trackioSettingInvalid(
      "TRACKIO_SERVER_URL",
      "the address of a server, beginning with http:// or https://",
    );
  const url = new URL(address);
  const token = of("TRACKIO_WRITE_TOKEN") ?? (url.searchParams.get("write_token") || undefined);
  if (token !== undefined) keepSecret(token);
  if (token !== undefined && !/^[\x21-\x7e]+$/.test(token))
    throw trackioSettingInvalid("TRACKIO_WRITE_TOKEN", "a token without spaces");
  url.search = "";
  url.hash = "";
  return {
    address: url.href.replace(/\/+$/, ""),
    token,
    project: of("TRACKIO_PROJECT") ?? PROJECT,
    proxies: proxiesIn(environment),
  };
}
