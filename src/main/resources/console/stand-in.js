// On a bare machine users can be created here: a stand-in for the User Management API.
import { get, post } from './api.js';
import { redraw } from './draw.js';
import { may } from './me.js';
import { button, copy } from './parts.js';
import { text } from './texts.js';

const standIn = { path: undefined };

/** Whether there is one that this person may use; asked for once. */
export function hasStandIn() {
  if (standIn.path === undefined) {
    standIn.path = null;
    get('.').then((service) => {
      standIn.path = service.links.users?.replace(/^\//, '') ?? null;
      redraw();
    }).catch(() => { standIn.path = undefined; });
  }
  return Boolean(standIn.path) && may('admin');
}

/** What the User Management API takes for each address. */
const asUsers = (missing) =>
  missing.map(({ email, roles }) => ({ email, name: email.split('@')[0], role: roles[0] }));

/** A button that copies them, and says so where these are not all. */
export const copyUsers = (page, missing, total) =>
  button(page, missing.length < total ? text.users.jsonFirst(missing.length) : text.users.json,
    () => copy(JSON.stringify(asUsers(missing), null, 2)));

/** Creates users, one after the other; one that exists by now is fine. */
export async function createUsers(missing) {
  for (const user of asUsers(missing)) {
    try {
      await post(standIn.path, user);
    } catch (e) {
      if (e.type !== 'user-exists') {
        throw e;
      }
    }
  }
}
