// A route of a Next.js app: copy it to app/api/entities/route.js, and name the package in next.config.js, so that
// Next.js does not bundle its native library: { serverExternalPackages: ["nerium"] }
import { load } from "nerium/infer";

const LONGEST = 20_000;

/** The model. It is kept when Next.js loads this file anew during development. */
function model() {
  globalThis.nerModel ??= load(process.env.NERIUM_MODEL ?? "my-model", { threads: 2 }).catch((error) => {
    globalThis.nerModel = undefined; // The next request tries again.
    throw error;
  });
  return globalThis.nerModel;
}

export async function POST(request) {
  const { text } = await request.json().catch(() => ({}));
  if (typeof text !== "string" || text.length > LONGEST)
    return Response.json({ error: `text must be a text of at most ${LONGEST} characters` }, { status: 422 });
  try {
    const ner = await model();
    return Response.json({ entities: await ner(text, { signal: request.signal }) });
  } catch (error) {
    if (request.signal.aborted) return new Response(null, { status: 499 }); // Nobody waits for the answer.
    console.error(error);
    return Response.json({ error: "Internal error" }, { status: 500 });
  }
}
