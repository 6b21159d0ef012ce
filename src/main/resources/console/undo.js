// Takes an import back: what goes, what stays, and a name typed before anything happens.
import { get, ofJob, post } from './api.js';
import { html, nothing, redraw } from './draw.js';
import { count, name, visible } from './format.js';
import { may } from './me.js';
import { button, notice, problem } from './parts.js';
import { text } from './texts.js';

export function undoPage(id) {
  const page = { job: null, preview: null, typed: '', fault: null, busy: false };

  async function load() {
    try {
      page.job = await get(ofJob(id, 'status'));
      page.preview = await post(ofJob(id, 'rollback') + '?dryRun=true');
    } catch (e) {
      page.fault = e;
    }
    redraw();
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
    const { removed, kept, removedOutside, updatedByOtherJobs, children, reasons } = page.preview;
    const { before, name: shown } = byId() ? text.undo.confirmId(wanted()) : text.undo.confirm(wanted());
    return html`<p class="back"><a href=${`#/job/${id}`}>${name(page.job.fileName, 60)}</a></p><h1>${text.undo.title}</h1>
      <section class="card narrow"><h2>${text.undo.preview}</h2><ul>
        <li><b>${removed ? text.undo.removes(removed) : text.undo.nothing}</b></li>
        ${removedOutside ? html`<li>${text.undo.outside(removedOutside)}</li>` : nothing}
        ${updatedByOtherJobs ? html`<li>${text.undo.updated(updatedByOtherJobs)}</li>` : nothing}
        ${kept ? html`<li>${text.undo.kept(kept)}</li>` : nothing}
        ${removed ? html`<li>${text.undo.events}</li>` : nothing}
        <li>${text.undo.stays}</li></ul>
        ${children?.length ? html`<p>${text.undo.children}</p><ul>${children.map((child) => html`<li><a href=${`#/job/${child.jobId ?? child}`}>${(child.jobId ?? child).slice(0, 8)}</a></li>`)}</ul>` : nothing}
        ${problem(page.fault)}
        <form @submit=${(e) => e.preventDefault()}><label for="confirm">${before} <code>${shown}</code></label>
        <input id="confirm" autocomplete="off" spellcheck="false" .value=${page.typed} @input=${(e) => { page.typed = e.target.value; redraw(); }}>
        <div class="buttons">${button(page, text.undo.button(removed), run, { kind: 'danger', role: may('admin'), why: page.typed === wanted() ? '' : before })}
          <a class="button" href=${`#/job/${id}`}>${text.close}</a></div></form></section>`;
  }

  load();
  return { title: () => text.undo.title, view };
}
