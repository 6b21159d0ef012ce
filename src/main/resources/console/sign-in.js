// Asks people to sign in: before the first page, and when a session has ended in the middle of something.
import { get, post, send } from './api.js';
import { html, nothing, redraw } from './draw.js';
import { me } from './me.js';
import { problem } from './parts.js';
import { text } from './texts.js';

const PLACE = 'place';
const tabs = new BroadcastChannel('sign-in');
const dialog = { asked: null, fault: null, busy: false, ways: { key: true }, refusal: null };

// Back from the issuer: the address names no place, and perhaps a refusal.
const place = sessionStorage.getItem(PLACE);
sessionStorage.removeItem(PLACE);
if (place || location.search) {
  dialog.refusal = new URLSearchParams(location.search).get('sign-in');
  history.replaceState(null, '', location.pathname + (location.hash || place || ''));
}

/** Resolves once somebody has signed in; all requests that wait share one dialog. */
export function signIn() {
  dialog.asked ??= {};
  if (!dialog.asked.done) {
    dialog.asked.done = new Promise((resolve) => {
      dialog.asked.resolve = resolve;
    });
    offer();
  }
  redraw();
  return dialog.asked.done;
}

/** Shows the ways to sign in, and once why the last try failed. */
async function offer() {
  try {
    dialog.ways = await get('console/sign-in');
  } catch {
    // The key's field stays.
  }
  if (Object.hasOwn(text.refusals, dialog.refusal)) {
    dialog.fault = text.refusals[dialog.refusal](dialog.ways);
  }
  dialog.refusal = null;
  redraw();
}

function done(who) {
  Object.assign(me, who);
  const { resolve } = dialog.asked;
  dialog.asked = null;
  dialog.fault = null;
  resolve();
}

async function submit(event) {
  event.preventDefault();
  const field = event.target.elements.key;
  dialog.busy = true;
  redraw();
  try {
    const who = await post('console/session', { key: field.value }, {}, false);
    field.value = '';
    done(who);
  } catch (e) {
    dialog.fault = e.status === 401 ? { title: text.signIn.wrong, message: text.signIn.wrongAdvice } : e;
    field.select();
  }
  dialog.busy = false;
  redraw();
}

/** Ends the dialogs of other tabs. */
export const signedIn = () => tabs.postMessage('');

tabs.onmessage = async () => {
  if (dialog.asked) {
    try {
      done(await (await send('whoami', {}, false)).json());
    } catch {
      // Still signed out.
    }
    redraw();
  }
};

/** Opened after it is drawn. */
export function openDialog() {
  const element = document.getElementById('sign-in');
  if (element && !element.open) {
    element.showModal();
  }
}

export function signInDialog() {
  if (!dialog.asked) {
    return nothing;
  }
  const again = Boolean(me.name);
  const { key, issuer } = dialog.ways;
  const advice = issuer ? text.signIn.issuerAdvice : text.signIn.advice;
  return html`<dialog id="sign-in" aria-labelledby="sign-in-title" @cancel=${(e) => e.preventDefault()}>
    <form @submit=${submit}>
      <h1 id="sign-in-title">${again ? text.signIn.again : text.signIn.title}</h1>
      <p>${again ? text.signIn.againAdvice : advice}</p>
      ${problem(dialog.fault)}
      ${issuer
        ? html`<a class="button" href="console/sign-in/oidc" target=${again ? '_blank' : nothing}
            @click=${() => again || sessionStorage.setItem(PLACE, location.hash)}>${text.signIn.issuer(issuer)}</a>`
        : nothing}
      ${key
        ? html`<label for="key">${text.signIn.key}</label>
            <input id="key" name="key" type="password" autocomplete="current-password" required spellcheck="false">
            <button class="primary" ?disabled=${dialog.busy}>${text.signIn.button}</button>`
        : nothing}
    </form>
  </dialog>`;
}
