// Requests to the service. The page uses its public interface and nothing else.
import { text } from './texts.js';

export const JOBS = 'import/backfill';
export const ofJob = (id, what) => `${JOBS}/${encodeURIComponent(id)}/${what}`;

/** An answer that is no success; its message says what to do. */
export class Problem extends Error {
  constructor(status, body = {}) {
    super(body.detail || text.unexpected(status));
    this.status = status;
    this.title = body.title || text.failed;
    this.type = String(body.type || '').split(':').pop();
    this.rows = body.rows ?? [];
  }
}

const hooks = { signedOut: null, trouble: () => {} };

/** What the page does when a session is over, and when the service does not answer. */
export function whenever(more) {
  Object.assign(hooks, more);
}

async function problem(response) {
  try {
    return new Problem(response.status, await response.json());
  } catch {
    return new Problem(response.status);
  }
}

export async function send(path, init = {}, again = true) {
  let response;
  try {
    response = await fetch(path, {
      cache: 'no-store',
      ...init,
      headers: { Accept: 'application/json', ...init.headers },
    });
  } catch (e) {
    if (e.name !== 'AbortError') {
      hooks.trouble();
    }
    throw new Problem(0, { title: text.away.title, detail: text.away.advice });
  }
  if (response.status === 401 && again && hooks.signedOut) {
    await hooks.signedOut();
    return send(path, init, again);
  }
  if (!response.ok) {
    if (response.status === 503) {
      hooks.trouble();
    }
    throw await problem(response);
  }
  return response;
}

async function body(response) {
  return response.status === 204 ? null : response.json();
}

export const get = async (path) => body(await send(path));

export async function post(path, content, headers = {}, again = true) {
  const json = content === undefined ? {} : { body: JSON.stringify(content) };
  const type = content === undefined ? {} : { 'Content-Type': 'application/json' };
  return body(await send(path, { method: 'POST', ...json, headers: { ...type, ...headers } }, again));
}

export const remove = (path) => send(path, { method: 'DELETE' }, false);

const broken = () => new Problem(0, { title: text.upload.broken, detail: text.upload.brokenAdvice });

/** Sends a file, again where the session had ended. Only XMLHttpRequest says how much of it has gone. */
export function upload(path, file, progress) {
  let going = null;
  const once = () => new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    going = request;
    request.upload.addEventListener('progress', (e) => progress(e.loaded, e.total || file.size));
    request.addEventListener('load', () => {
      let answer = {};
      try {
        answer = JSON.parse(request.responseText);
      } catch {
        // Not from the service.
      }
      if (request.status < 300) {
        resolve(answer);
      } else {
        reject(new Problem(request.status, answer));
      }
    });
    request.addEventListener('error', () => reject(broken()));
    request.addEventListener('abort', () => reject(new DOMException('', 'AbortError')));
    const form = new FormData();
    form.append('file', file);
    request.open('POST', path);
    request.setRequestHeader('Accept', 'application/json');
    request.send(form);
  });
  const whole = async () => {
    try {
      // Before a large file is sent for nothing.
      await send('whoami');
    } catch (e) {
      throw e.status ? e : broken();
    }
    try {
      return await once();
    } catch (e) {
      if (e.status !== 401 || !hooks.signedOut) {
        throw e;
      }
      await hooks.signedOut();
      return whole();
    }
  };
  return { done: whole(), abort: () => going?.abort() };
}

/** Offers a file for saving. */
export function save(content, fileName) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(content);
  link.download = fileName;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
