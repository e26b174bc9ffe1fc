/** What errors say about addresses: the real ones, and nothing secret in them. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { isNeriumError, type NeriumError } from "../../src/errors.js";
import { push } from "../../src/hub/index.js";
import { hubSettings } from "../../src/hub/settings.js";
import { refuse, TOKEN } from "./answers.js";
import { bytesOf, impatientClient, worldOfEachTest } from "./world.js";

const world = worldOfEachTest();
const SECRET = /secret|X-Amz-Signature/;

/** The error of a promise that is refused with one of Nerium's. */
async function errorOf(refused: Promise<unknown>): Promise<NeriumError> {
  const error = await refused.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!isNeriumError(error)) throw new Error("there is no error of Nerium", { cause: error });
  return error;
}

/** The error that asking for an address ends in. */
async function errorAt(address: string): Promise<NeriumError> {
  const { client } = await impatientClient();
  const error = await errorOf(client.json(address, undefined));
  await client.close();
  return error;
}

const everything = ({ message, where, remedy }: NeriumError) => [message, where, remedy].join("\n");

describe("an address with a signature", () => {
  const answers = (status: number, headers: Record<string, string> = {}) => {
    world().hub.intercept = (_, response) => {
      response.writeHead(status, headers);
      response.end(status === 200 ? "<html>" : `see http://name:secret@x.org/a?X-Amz-Signature=1.`);
      return true;
    };
  };
  it.each([
    ["HUB_ANSWER", () => answers(200)],
    ["HUB_ANSWER", () => answers(418)],
    ["HUB_ANSWER", () => answers(503)],
    ["HUB_TOKEN_REFUSED", () => answers(401)],
    ["HUB_RATE_LIMITED", () => answers(429, { "retry-after": "3600" })],
    ["HUB_REDIRECTS", () => answers(302, { location: "/file?X-Amz-Signature=secret#secret" })],
    ["HUB_UNREACHABLE", () => world().hub.stop()],
  ] as const)("is named without it: %s", async (code, prepare) => {
    const address = `${world().hub.url}/file`;
    await prepare();
    const error = await errorAt(`${address}?X-Amz-Signature=secret#secret`);
    expect(error).toMatchObject({ code, where: address });
    expect(everything(error)).not.toMatch(SECRET);
  });

  it("is named without it where the hub refuses a file of an upload", async () => {
    const { hub, home } = world();
    vi.stubEnv("HF_TOKEN", TOKEN);
    const folder = join(home, "model");
    mkdirSync(folder);
    writeFileSync(join(folder, "config.json"), "{}");
    writeFileSync(join(folder, "model.safetensors"), bytesOf(100));
    hub.intercept = (request, response) => {
      if (request.method !== "PUT") return false;
      if (request.url!.includes("?")) refuse(response, 403, undefined, "SignatureDoesNotMatch");
      else response.writeHead(307, { location: `${request.url}?X-Amz-Signature=secret` }).end();
      return true;
    };
    const error = await errorOf(push(folder, "tester/tiny"));
    expect(error.code).toBe("HUB_PUSH_REFUSED");
    expect(error.message).toContain(`URL: ${hub.cdnUrl}/lfs/`);
    expect(everything(error)).not.toMatch(SECRET);
  });
});

describe("an address with a password", () => {
  it.each([
    ["HF_ENDPOINT", "https://name:secret@hub.example.org"],
    ["HF_ENDPOINT", "hub.example.org?secret"],
    ["HF_ENDPOINT", "name:secret@hub.example.org"],
    ["HTTPS_PROXY", "name:my@secret@proxy.example.org:3128"],
    ["HTTPS_PROXY", "http://name:secret@proxy example.org"],
    ["HTTPS_PROXY", "http://name:my/secret@proxy.example.org"],
  ])("in %s is not told: %s", async (variable, value) => {
    vi.stubEnv(variable, value);
    const error = await errorOf(hubSettings());
    expect(error).toMatchObject({ code: "HUB_ADDRESS_INVALID", where: variable });
    expect(everything(error)).not.toMatch(SECRET);
  });

  it("may be that of a proxy", async () => {
    vi.stubEnv("HTTPS_PROXY", "http://name:secret@proxy.example.org:3128");
    expect((await hubSettings()).proxies.https).toBe("http://name:secret@proxy.example.org:3128");
  });
});

describe("a token that no request can carry", () => {
  it.each(["hf_secret\nhf_secret", "hf_secret hf_secret", "hf_secret…"])(
    "is an error that doesn't quote it: %j",
    async (token) => {
      vi.stubEnv("HF_TOKEN", token);
      const error = await errorAt(`${world().hub.url}/file`);
      expect(error.code).toBe("HUB_TOKEN_INVALID");
      expect(everything(error)).not.toMatch(SECRET);
      expect(world().hub.seen).toEqual([]);
    },
  );
});
