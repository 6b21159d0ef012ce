// Pieces that several pages are made of.
import { html, nothing, redraw } from './draw.js';
import { number, short, time } from './format.js';
import { text } from './texts.js';

/** The status in a word, and the tone that goes with it. */
export function statusOf(job) {
  if (job.requested && job.status === 'running') {
    return job.requested === 'pause' ? ['pausing', 'busy'] : ['cancelling', 'busy'];
  }
  switch (job.status) {
    case 'pending':
      return job.queued ? ['queued', 'idle'] : ['pending', 'idle'];
    case 'completed':
      return !job.failedRows ? ['completed', 'good'] : job.openRejects === 0 ? ['solved', 'good'] : ['rejects', 'warn'];
    case 'running':
    case 'rolling_back':
      return [job.status, 'busy'];
    case 'paused':
      return ['paused', 'warn'];
    case 'failed':
      return ['failed', 'bad'];
    default:
      return [job.status, 'idle'];
  }
}

export function status(job) {
  const [word, tone] = statusOf(job);
  return html`<span class="status ${tone}">${text.status[word] ?? job.status}</span>`;
}

export const problem = (fault) =>
  fault
    ? html`<div class="notice bad" role="alert"><strong>${fault.title ?? text.failed}</strong><p>${fault.message}</p></div>`
    : nothing;

export const notice = (tone, title, advice) =>
  html`<div class="notice ${tone}"><strong>${title}</strong>${advice ? html`<p>${advice}</p>` : nothing}</div>`;

/**
 * A button that runs something, is busy meanwhile, and keeps what went wrong in its page's fault. The keyboard
 * reaches it also while it does nothing, and then shows why.
 *
 * @param why it cannot be used; empty if it can
 */
export function button(page, label, run, { kind = '', why = '', id } = {}) {
  const reason = 'why-' + label.replace(/\W+/g, '-');
  return html`<button type="button" class=${kind} id=${id ?? nothing} aria-disabled=${why || page.busy ? 'true' : nothing}
    title=${why || nothing} aria-describedby=${why ? reason : nothing}
    @click=${() => why || page.busy || attempt(page, run)}>${label}</button>${why ? html`<span class="why" id=${reason}>${why}</span>` : nothing}`;
}

export async function attempt(page, run) {
  const focused = document.activeElement;
  page.busy = true;
  page.fault = null;
  redraw();
  try {
    await run();
  } catch (e) {
    if (e.name !== 'AbortError') {
      page.fault = e;
    }
  } finally {
    page.busy = false;
    redraw();
    // After it is drawn.
    queueMicrotask(() => {
      if (!focused?.isConnected && document.activeElement === document.body) {
        document.getElementById('main')?.focus({ preventScroll: true });
      }
    });
  }
}

/** Loads a page when it is opened, and after a reconnect where that failed. */
export function opening(page, load, isLoaded) {
  attempt(page, load);
  return (changed, removed, whole) => {
    if (whole && !isLoaded() && !page.busy) {
      attempt(page, load);
    }
  };
}

export const fact = (name, value) =>
  value === undefined || value === null || value === '' ? nothing : html`<div><dt>${name}</dt><dd>${value}</dd></div>`;

export const percent = (job) => Math.floor(job.percentComplete ?? 0);

/** Who did what, and when. That a state was another before says nothing. */
export const history = (lines) => html`<ol class="history">${lines.map((line) => html`<li>
  ${time(line.at)} <b>${short(line.actor, 40)}</b> ${text.actions[line.action] ?? line.action}${line.detail?.startsWith('was ') === false ? html` <span class="quiet">${short(line.detail, 80)}</span>` : nothing}</li>`)}</ol>`;

/** Rejected rows as a number that stands out where there are any. */
export const rejected = (n) => (n > 0 ? html`<span class="rejected">${number(n)}</span>` : html`<span class="quiet">0</span>`);

const spoken = { words: '' };
export const speech = () => spoken.words;

/** Has screen readers say something. */
export function say(words) {
  spoken.words = words;
  redraw();
}

export async function copy(words) {
  await navigator.clipboard.writeText(words);
  say(text.copied);
}
