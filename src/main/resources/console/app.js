// The frame around the pages: the way between them, who is signed in, whether the service answers.
import { get, remove, whenever } from './api.js';
import { drawWith, html, nothing, redraw, render } from './draw.js';
import { clock } from './format.js';
import { fixPage } from './fix.js';
import { importsPage } from './imports.js';
import { jobPage } from './job.js';
import { check, live, onChange, watch } from './live.js';
import { isSignedIn, me } from './me.js';
import { notice, speech } from './parts.js';
import { receiptPage } from './receipt.js';
import { openDialog, signedIn, signIn, signInDialog } from './sign-in.js';
import { systemPage } from './system.js';
import { text } from './texts.js';
import { undoPage } from './undo.js';
import { uploaded } from './upload.js';
import { usersPage } from './users.js';

/** The address that the page names too. */
const ICON = new URL('icon.svg', import.meta.url).href;

const PAGES = [
  [/^$/, importsPage],
  [/^system$/, systemPage],
  [/^job\/([0-9a-f-]+)$/, jobPage],
  [/^job\/([0-9a-f-]+)\/fix(?:\/([a-z0-9-]+))?$/, fixPage],
  [/^job\/([0-9a-f-]+)\/users$/, usersPage],
  [/^job\/([0-9a-f-]+)\/undo$/, undoPage],
  [/^job\/([0-9a-f-]+)\/receipt$/, receiptPage],
];

let page = null;
let path = null;
let stillSignedIn = false;

const missing = () => ({
  title: () => text.notFound.title,
  view: () => html`<h1>${text.notFound.title}</h1><p>${text.notFound.advice}</p><p><a href="#/">${text.notFound.home}</a></p>`,
});

const place = () => location.hash.replace(/^#\/?/, '');

function go() {
  path = place();
  page?.leave?.();
  stillSignedIn = false;
  const found = PAGES.map(([pattern, make]) => [pattern.exec(path), make]).find(([match]) => match);
  const first = page === null;
  page = found ? found[1](...found[0].slice(1)) : missing();
  redraw();
  if (!first) {
    scrollTo(0, 0);
    queueMicrotask(() => document.getElementById('main')?.focus());
  }
}

const link = (to, words, current) =>
  html`<a href=${'#/' + to} aria-current=${current ? 'page' : nothing}>${words}</a>`;

function trouble() {
  if (live.away) {
    return notice('bad', text.away.title, text.away.since(clock(live.away)));
  }
  return live.database
    ? notice('bad', text.database.title, text.database.since(clock(live.database.since), live.database.fault))
    : nothing;
}

async function signOut() {
  try {
    await remove('console/session');
  } catch {
    stillSignedIn = true;
    redraw();
    return;
  }
  location.hash = '';
  location.reload();
}

function who() {
  return html`<div class="who">
    <span class="pulse ${live.open ? 'on' : ''}">${live.open ? text.live : text.notLive}</span>
    ${isSignedIn()
      ? html`<span title=${text.roles[me.role] ?? ''}>${me.name} <span class="quiet">${me.role}</span></span>
          <button type="button" class="link" @click=${signOut}>${text.signOut}</button>`
      : nothing}
  </div>`;
}

function frame() {
  const stale = live.away || live.database;
  return html`
    <button type="button" class="skip" @click=${() => document.getElementById('main').focus()}>${text.skip}</button>
    <header class="top">
      <a class="brand" href="#/"><img src=${ICON} alt="" width="24" height="24">${text.product}</a>
      <nav>${link('', text.nav.imports, path !== 'system')}${link('system', text.nav.system, path === 'system')}</nav>
      ${me.name ? who() : nothing}
    </header>
    <div role="status" class="trouble">${trouble()}${stillSignedIn ? notice('bad', text.stillSignedIn, text.stillSignedInAdvice) : nothing}${uploaded()}</div>
    <main id="main" tabindex="-1" class=${stale ? 'stale' : ''}>${me.name && page ? page.view() : nothing}</main>
    <div class="unseen" aria-live="polite">${speech()}</div>
    ${signInDialog()}`;
}

drawWith(() => {
  render(frame(), document.body);
  openDialog();
  const title = (me.name && page?.title()) || text.nav.imports;
  document.title = `${title} – Kintell`;
});

whenever({ signedOut: signIn, trouble: check });
addEventListener('hashchange', go);
onChange((changed, removed, whole) => page?.changed?.(changed, removed, whole));

async function begin() {
  try {
    Object.assign(me, await get('whoami'));
  } catch {
    // Not there, or not ready yet.
    redraw();
    setTimeout(begin, 1500);
    return;
  }
  signedIn();
  watch();
  if (!page) {
    go();
  }
}

redraw();
if (place() === '') {
  // The list is the same for everybody, so nothing has to be known before it is asked for.
  go();
}
begin();

// A file that is dropped beside the place for it must not replace the page.
for (const kind of ['dragover', 'drop']) {
  addEventListener(kind, (event) => event.preventDefault());
}
