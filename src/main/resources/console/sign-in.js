// Asks for a key: before the first page, and when a session has ended in the middle of something.
import { post } from './api.js';
import { html, nothing, redraw } from './draw.js';
import { me } from './me.js';
import { problem } from './parts.js';
import { text } from './texts.js';

const dialog = { asked: null, fault: null, busy: false };

/** Resolves once somebody has signed in; all requests that wait share one dialog. */
export function signIn() {
  dialog.asked ??= {};
  dialog.asked.done ??= new Promise((resolve) => {
    dialog.asked.resolve = resolve;
  });
  redraw();
  return dialog.asked.done;
}

async function submit(event) {
  event.preventDefault();
  const field = event.target.elements.key;
  dialog.busy = true;
  redraw();
  try {
    Object.assign(me, await post('console/session', { key: field.value }, {}, false));
    field.value = '';
    const { resolve } = dialog.asked;
    dialog.asked = null;
    dialog.fault = null;
    resolve();
  } catch (e) {
    dialog.fault = e.status === 401 ? { title: text.signIn.wrong, message: text.signIn.wrongAdvice } : e;
    field.select();
  }
  dialog.busy = false;
  redraw();
}

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
  return html`<dialog id="sign-in" aria-labelledby="sign-in-title" @cancel=${(e) => e.preventDefault()}>
    <form @submit=${submit}>
      <h1 id="sign-in-title">${again ? text.signIn.again : text.signIn.title}</h1>
      <p>${again ? text.signIn.againAdvice : text.signIn.advice}</p>
      ${problem(dialog.fault)}
      <label for="key">${text.signIn.key}</label>
      <input id="key" name="key" type="password" autocomplete="current-password" required spellcheck="false">
      <button class="primary" ?disabled=${dialog.busy}>${text.signIn.button}</button>
    </form>
  </dialog>`;
}
