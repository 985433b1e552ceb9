/** The task that follows another one. */
import { askedOrder } from "./list_controls.js";

/** One of the same flow if there is one, in the order of the list; undefined after the last. */
export async function nextTask(api, id, flow) {
  const order = askedOrder();
  return (await another(api, id, { flow, order })) ?? (await another(api, id, { order }));
}

async function another(api, id, asked) {
  const { tasks } = await api.tasks(asked).catch(() => ({ tasks: [] }));
  return tasks.find((task) => task.id !== id);
}
