// What the service says by itself: one stream for all jobs, open while the page is seen.
import { JOBS, get } from './api.js';
import { redraw } from './draw.js';

export const live = {
  jobs: new Map(),
  /** Counts, from the first message on; null before. */
  running: null,
  waiting: null,
  eventsPending: null,
  open: false,
  /** Since when the service has not answered; null while it does. */
  away: null,
  /** The database's fault, and since when. */
  database: null,
  health: null,
};

let listener = () => {};
let stream = null;
let retry = 0;
let failures = 0;
let wanted = false;
let checking = 0;

/** Calls with the ids of jobs that changed, and of those that are gone. */
export function onChange(called) {
  listener = called;
}

function tell(changed, removed, whole) {
  listener(changed, removed, whole);
  redraw();
}

function take(jobs, removed = [], whole = false) {
  if (whole) {
    live.jobs.clear();
  }
  // Each is a whole document: a member that it lacks has gone.
  jobs.forEach((job) => live.jobs.set(job.jobId, job));
  removed.forEach((id) => live.jobs.delete(id));
  tell(jobs.map((job) => job.jobId), removed, whole);
}

function open() {
  clearTimeout(retry);
  if (stream || !wanted || document.hidden) {
    return;
  }
  stream = new EventSource(JOBS + '/progress');
  stream.onmessage = (message) => {
    const event = JSON.parse(message.data);
    failures = 0;
    live.open = true;
    live.running = event.running ?? live.running;
    live.waiting = event.waiting ?? live.waiting;
    live.eventsPending = event.eventsPending ?? live.eventsPending;
    if (live.away) {
      check();
    }
    take(event.jobs ?? [], event.removed, event.whole);
  };
  stream.onerror = () => {
    close();
    failures++;
    check();
    retry = setTimeout(again, Math.min(5000, 500 * 2 ** failures));
    redraw();
  };
}

/** The stream does not say why it ended. */
async function again() {
  if (!live.away && wanted && !document.hidden) {
    try {
      // With the session perhaps: then this asks for another one.
      await get('whoami');
      if (failures > 3) {
        // Too many watchers, or a proxy that keeps streams back: the list is asked for instead.
        take((await get(JOBS + '?limit=50')).jobs, [], true);
      }
    } catch {
      // The check says why.
    }
  }
  open();
}

function close() {
  stream?.close();
  stream = null;
  live.open = false;
}

export function watch() {
  wanted = true;
  open();
  check();
}

document.addEventListener('visibilitychange', () => {
  if (document.hidden) {
    close();
    clearTimeout(retry);
    clearTimeout(checking);
  } else if (wanted) {
    open();
    check();
  }
});

/** Asks whether the service and its database are there: often while they are not. */
export async function check() {
  clearTimeout(checking);
  const before = Boolean(live.away || live.database);
  try {
    const response = await fetch('health', { cache: 'no-store', headers: { Accept: 'application/json' } });
    const health = response.status === 401 || response.status === 403 ? null : await response.json();
    live.health = health?.service ? health : null;
    const failed = response.status === 503;
    // Without its health it is starting.
    live.away = failed && !live.health ? live.away ?? new Date() : null;
    live.database = failed && live.health ? { since: live.database?.since ?? new Date(), fault: health.database } : null;
  } catch {
    live.away ??= new Date();
  }
  const trouble = Boolean(live.away || live.database);
  if (before && !trouble) {
    open();
    tell([], [], true);
  } else {
    redraw();
  }
  clearTimeout(checking);
  if (wanted && !document.hidden) {
    checking = setTimeout(check, trouble ? 1500 : 15000);
  }
}
