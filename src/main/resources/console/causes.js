// Rejected rows by cause, and for each cause by value: never a list of a thousand messages.
import { get, ofJob } from './api.js';
import { html, nothing, redraw } from './draw.js';
import { number, short } from './format.js';
import { may } from './me.js';
import { attempt } from './parts.js';
import { text } from './texts.js';

/** Causes of rows whose people are no users. */
export const MISSING = ['participant-not-found', 'volunteer-not-found'];

export const causeName = (cause) => text.causes[cause]?.[0] ?? cause;
export const causeAdvice = (cause) => text.causes[cause]?.[1] ?? '';

/** How many addresses without a user stand behind a cause; undefined until that is known. */
const missing = (page, cause) => page.missing?.[cause === MISSING[0] ? 'participants' : 'volunteers'];

/** A value as it stands in the file; what cannot be seen is written out. */
export const value = (entry) =>
  entry.value === undefined ? html`<span class="quiet">${entry.message ?? text.job.noValue}</span>`
    : entry.value === '' ? html`<span class="quiet">${text.job.emptyValue}</span>`
      : html`<bdi class="cell">${short(entry.value, 120)}</bdi>`;

function values(shown) {
  return html`<tr class="values"><td colspan="4"><table>
    <tbody>${shown.values.map((entry) => html`<tr><td>${value(entry)}</td><td class="quiet">${entry.column ?? ''}</td><td class="number">${text.job.atLeast(entry.rows, shown.exact)}</td></tr>`)}
    ${shown.total > shown.values.length ? html`<tr><td colspan="3" class="quiet">${text.job.moreValues(shown.total - shown.values.length, shown.exact)}</td></tr>` : nothing}</tbody>
  </table></td></tr>`;
}

/**
 * @param page with job, report, how many users are missing, and the values that are shown by cause
 * @param retry called with a cause
 */
export function causeTable(page, retry) {
  const over = ['completed', 'paused', 'failed', 'cancelled'].includes(page.job.status);
  const entries = Object.entries(page.report.causes).sort((a, b) => b[1] - a[1]);

  const show = (cause) => attempt(page, async () => {
    if (page.values[cause]) {
      delete page.values[cause];
    } else {
      page.values[cause] = await get(`${ofJob(page.job.jobId, 'rejects/values')}?cause=${cause}&limit=20`);
    }
    redraw();
  });

  const row = ([cause, rows]) => {
    const left = page.report.openCauses[cause] ?? 0;
    const base = `#/job/${page.job.jobId}`;
    return html`<tr>
      <th scope="row" data-label=${text.job.cause}>${causeName(cause)}<div class="quiet">${causeAdvice(cause)}</div></th>
      <td class="number" data-label=${text.job.rows}>${number(rows)}</td>
      <td class="number" data-label=${text.job.open}>${number(left)}</td>
      <td class="actions">
        ${may('operator') && !page.report.purgedAt ? html`
          <button type="button" class="link" aria-expanded=${page.values[cause] ? 'true' : 'false'} @click=${() => show(cause)}>${page.values[cause] ? text.job.hideValues : text.job.showValues}</button>
          ${left && over ? html`
            ${MISSING.includes(cause) && missing(page, cause) !== 0 ? html`<a href=${`${base}/users`}>${text.action.missing(missing(page, cause), page.missing?.exact)}</a>` : nothing}
            ${cause === 'row-too-long' ? nothing : html`<a href=${`${base}/fix/${cause}`}>${text.action.fix}</a>`}
            <button type="button" class="link" aria-disabled=${page.busy ? 'true' : nothing} @click=${() => page.busy || retry(cause)}>${text.action.retryAll(left)}</button>` : nothing}` : nothing}
      </td></tr>
      ${page.values[cause] ? values(page.values[cause]) : nothing}`;
  };

  return html`<table class="causes">
    <thead><tr><th scope="col">${text.job.cause}</th><th scope="col" class="number">${text.job.rows}</th><th scope="col" class="number">${text.job.open}</th><td></td></tr></thead>
    <tbody>${entries.map(row)}</tbody></table>`;
}
