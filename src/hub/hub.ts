import { HubClient } from "./client.js";
import { hubSettings } from "./settings.js";

/** Does something with a connection to the hub of the environment's settings. */
export async function withClient<T>(use: (client: HubClient) => Promise<T>): Promise<T> {
  const client = new HubClient(await hubSettings());
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}
