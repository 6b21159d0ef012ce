// Who uses the page, and what that role may do.
const RANKS = ['metrics', 'viewer', 'operator', 'admin'];

export const me = { name: null, role: null, until: null };

export const may = (role) => RANKS.indexOf(me.role) >= RANKS.indexOf(role);

/** Whether there is a session that can be ended. */
export const isSignedIn = () => Boolean(me.until);
