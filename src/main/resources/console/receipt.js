// One page to print or to keep: which file, what became of it, who did it, when.
import { get, ofJob } from './api.js';
import { causeName } from './causes.js';
import { outcomes } from './charts.js';
import { html, nothing } from './draw.js';
import { bytes, clock, number, short, visible } from './format.js';
import { fact, history, opening, problem, status } from './parts.js';
import { text } from './texts.js';

export function receiptPage(id) {
  const page = { report: null, fault: null, busy: false, made: new Date() };

  async function load() {
    page.report = await get(ofJob(id, 'report'));
  }

  function view() {
    const report = page.report;
    if (!report) {
      return problem(page.fault);
    }
    const parts = outcomes(report);
    return html`<p class="back"><a href=${`#/job/${id}`}>${short(report.fileName, 60)}</a></p>
      <div class="heading"><h1>${text.receipt.title}</h1><button type="button" class="primary" @click=${() => print()}>${text.receipt.print}</button></div>
      <section class="card facts receipt"><h2>${text.receipt.file}</h2><dl>
        ${fact(text.list.columns[0], html`<bdi>${visible(report.fileName)}</bdi>`)}${fact(text.job.id, html`<code>${id}</code>`)}
        ${fact(text.job.checksum, html`<code class="long">${report.checksum}</code>`)}${fact(text.job.size, bytes(report.sizeBytes))}
        ${fact(text.job.by, report.createdBy)}</dl>
      <h2>${text.receipt.result}</h2><dl>${fact(text.list.status, status(report))}${fact(text.list.columns[3], number(report.totalRows))}
        ${Object.entries(parts).map(([key, n]) => fact(text.job.outcomes[key], number(n)))}
        ${fact(text.receipt.removed, report.sessionsRemoved ? number(report.sessionsRemoved) : null)}
        ${parts.rejected ? fact(text.receipt.open, number(report.openRejects)) : nothing}</dl>
      ${parts.rejected ? html`<h2>${text.receipt.causes}</h2><dl>${Object.entries(report.causes).map(([cause, n]) => fact(causeName(cause), number(n)))}</dl>` : nothing}
      <h2>${text.receipt.history}</h2>${history(report.history)}
      <p class="quiet">${text.receipt.made(clock(page.made))}</p></section>`;
  }

  return { title: () => text.receipt.title, changed: opening(page, load, () => page.report), view };
}
