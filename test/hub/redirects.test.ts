/** Where redirects may lead, what goes along, and what the errors name. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { modelFolder } from "../../src/hub/index.js";
import { refuse, TOKEN } from "./answers.js";
import { secureServer } from "./secureServer.js";
import { bytesOf, impatientClient, worldOfEachTest } from "./world.js";

const world = worldOfEachTest();
const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** A hub that speaks https and redirects all that is asked of it; what was asked. */
async function redirectingHub(location: string) {
  const asked: { path: string; authorization: string | undefined }[] = [];
  const { url, stop } = await secureServer(({ url: path, headers }, response) => {
    asked.push({ path: path!, authorization: headers.authorization });
    response.writeHead(302, { location }).end();
  });
  stops.push(stop);
  vi.stubEnv("NODE_TLS_REJECT_UNAUTHORIZED", "0");
  vi.stubEnv("HF_ENDPOINT", url);
  vi.stubEnv("HF_TOKEN", TOKEN);
  return { url, asked };
}

/** What asking for an address ends in: the answer's JSON, or an error. */
async function outcomeAt(address: string): Promise<unknown> {
  const { client, waits } = await impatientClient();
  const outcome = await client.json(address, undefined).catch((error: unknown) => error);
  await client.close();
  return { outcome, waits };
}

describe("a redirect from https", () => {
  it.each([
    ["http://hub.example.org:8080/model?signature=secret", "http://hub.example.org:8080/model"],
    ["http://127.0.0.1:9/model", "http://127.0.0.1:9/model"],
    ["http://localhost:9/model", "http://localhost:9/model"],
    ["ftp://files.example.org/model", "ftp://files.example.org/model"],
  ])("to %s is refused at once, and the error names both addresses", async (location, named) => {
    const { url, asked } = await redirectingHub(location);
    expect(await outcomeAt(`${url}/api/x?signature=secret`)).toMatchObject({
      outcome: {
        code: "HUB_INSECURE",
        message: expect.stringMatching(RegExp(`from ${url}/api/x to ${named}, `)),
        where: `${url}/api/x`,
      },
      waits: [],
    });
    expect(asked).toEqual([{ path: "/api/x?signature=secret", authorization: `Bearer ${TOKEN}` }]);
  });

  it("to https on another host is followed, without the token", async () => {
    const seen: (string | undefined)[] = [];
    const other = await secureServer(({ headers }, response) => {
      seen.push(headers.authorization);
      response.end("{}");
    });
    stops.push(other.stop);
    const { url } = await redirectingHub(`${other.url}/x`);
    expect(await outcomeAt(`${url}/api/x`)).toEqual({ outcome: {}, waits: [] });
    expect(seen).toEqual([undefined]);
  });
});

describe("a redirect", () => {
  const redirecting = (location: string) => {
    world().hub.intercept = (request, response) => {
      if (request.url !== "/api/x") return false;
      response.writeHead(302, { location }).end();
      return true;
    };
  };

  it("off this machine without https names both addresses", async () => {
    redirecting("http://203.0.113.1/steal");
    expect(await outcomeAt(`${world().hub.url}/api/x`)).toMatchObject({
      outcome: {
        code: "HUB_INSECURE",
        message: expect.stringContaining(`from ${world().hub.url}/api/x to http://203.0.113.1/steal, `),
      },
      waits: [],
    });
  });

  it.each(["https://", "http://[::1", "https://a b/", "https://name:secret@hub.example.org/x"])(
    "to %s, which nobody can ask, is an answer that no hub gives, not a hub that is away",
    async (location) => {
      redirecting(location);
      expect(await outcomeAt(`${world().hub.url}/api/x`)).toMatchObject({
        outcome: {
          code: "HUB_ANSWER",
          message: expect.stringContaining(`redirects to "${location.replace("name:secret@", "")}"`),
          where: `${world().hub.url}/api/x`,
        },
        waits: [],
      });
    },
  );

  it("to a host that is away names that host", async () => {
    redirecting("http://127.0.0.1:9/gone?signature=secret");
    expect(await outcomeAt(`${world().hub.url}/api/x`)).toMatchObject({
      outcome: { code: "HUB_UNREACHABLE", where: "http://127.0.0.1:9/gone" },
    });
  });

  it.each([401, 403, 404])(
    "to another host that answers %i names that host, which never saw the token",
    async (status) => {
      const { hub } = world();
      vi.stubEnv("HF_TOKEN", TOKEN);
      hub.add("model", "org/small", { "config.json": "{}", "model.safetensors": bytesOf(5000) });
      hub.intercept = (request, response) => {
        if (request.headers.host !== new URL(hub.cdnUrl).host) return false;
        refuse(response, status, undefined, "Access denied");
        return true;
      };
      await expect(modelFolder("org/small")).rejects.toMatchObject({
        code: "HUB_ANSWER",
        where: expect.stringMatching(RegExp(`^${hub.cdnUrl}/[0-9a-f]{40}/model.safetensors$`)),
      });
      const toCdn = hub.seen.filter(({ host }) => host === "cdn");
      expect(new Set(toCdn.map(({ authorization }) => authorization))).toEqual(new Set([undefined]));
    },
  );

  it("to another host that asks to wait for an hour names that host", async () => {
    redirecting(`${world().hub.cdnUrl}/x`);
    const { hub } = world();
    const redirect = hub.intercept;
    hub.intercept = (request, response) => {
      if (redirect(request, response)) return true;
      response.setHeader("retry-after", "3600");
      refuse(response, 429, undefined, "trouble");
      return true;
    };
    expect(await outcomeAt(`${hub.url}/api/x`)).toMatchObject({
      outcome: { code: "HUB_RATE_LIMITED", where: `${hub.cdnUrl}/x` },
    });
  });
});
