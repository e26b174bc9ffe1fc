import { HubClient } from "./client.js";
import { hubSettings } from "./settings.js";

/** Connects to the hub with the settings of the environment, calls `use`, and closes the connections. */
export async function withClient<T>(use: (client: HubClient) => Promise<T>): Promise<T> {
  const client = new HubClient(await hubSettings());
  try {
    return await use(client);
  } finally {
    await client.close();
  }
}
