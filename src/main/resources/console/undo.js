// Takes an import back: what goes, what stays, and a name typed before anything happens.
import { get, ofJob, post } from './api.js';
import { html, nothing, redraw } from './draw.js';
import { name, visible } from './format.js';
import { may } from './me.js';
import { button, opening, problem } from './parts.js';
import { text } from './texts.js';

/** What an undo leaves, and why. */
export const leaves = ({ removedOutside, reasons, children }) => html`<ul>
    ${removedOutside ? html`<li>${text.undo.outside(removedOutside)}</li>` : nothing}
    ${reasons.map((reason) => html`<li>${text.undo.kept(reason.count)} ${reason.explanation}</li>`)}
    <li>${text.undo.stays}</li></ul>
  ${children.length ? html`<p>${text.undo.children}</p><ul>${children.map((child) => html`<li><a href=${`#/job/${child.jobId}/undo`}>${child.jobId.slice(0, 8)}</a>, ${text.undo.sessions(child.sessions)}</li>`)}</ul>` : nothing}`;

export function undoPage(id) {
  const page = { job: null, preview: null, typed: '', fault: null, busy: false };

  async function load() {
    page.job = await get(ofJob(id, 'status'));
    page.preview = await post(ofJob(id, 'rollback') + '?dryRun=true');
  }

  /** A name that is long, or holds what cannot be typed, is replaced by the id. */
  const byId = () => page.job.fileName.length > 60 || visible(page.job.fileName) !== page.job.fileName;
  const wanted = () => (byId() ? id.slice(0, 8) : page.job.fileName);

  async function run() {
    await post(ofJob(id, 'rollback'));
    location.hash = `#/job/${id}`;
  }

  function view() {
    if (!page.preview) {
      return html`${problem(page.fault)}${page.fault ? html`<p><a href=${`#/job/${id}`}>${text.close}</a></p>` : html`<div class="skeleton" aria-hidden="true"></div>`}`;
    }
    const { removed, updatedByOtherJobs } = page.preview;
    const before = byId() ? text.undo.confirmId : text.undo.confirm;
    return html`<p class="back"><a href=${`#/job/${id}`}>${name(page.job.fileName, 60)}</a></p><h1>${text.undo.title}</h1>
      <section class="card narrow"><h2>${text.undo.preview}</h2><ul>
        <li><b>${removed ? text.undo.removes(removed) : text.undo.nothing}</b></li>
        ${updatedByOtherJobs ? html`<li>${text.undo.updated(updatedByOtherJobs)}</li>` : nothing}
        ${removed ? html`<li>${text.undo.events}</li>` : nothing}</ul>
        <h3>${text.undo.leaves}</h3>${leaves(page.preview)}
        ${problem(page.fault)}
        <form @submit=${(e) => e.preventDefault()}><label for="confirm">${before} <code>${wanted()}</code></label>
        <input id="confirm" autocomplete="off" spellcheck="false" .value=${page.typed} @input=${(e) => { page.typed = e.target.value; redraw(); }}>
        <div class="buttons">${button(page, text.undo.button(removed), run, { kind: 'danger', why: !may('admin') ? text.needs('admin') : page.typed === wanted() ? '' : before })}
          <a class="button" href=${`#/job/${id}`}>${text.close}</a></div></form></section>`;
  }

  return { title: () => text.undo.title, changed: opening(page, load, () => page.preview), view };
}
