// Charts, drawn as SVG. Attributes only: the page's policy allows no styles in elements.
import { html, svg } from './draw.js';
import { clock, number } from './format.js';
import { text } from './texts.js';

const KINDS = ['imported', 'updated', 'skipped', 'rejected'];

export function outcomes(job) {
  return {
    imported: job.successfulRows,
    updated: job.updatedRows,
    skipped: job.skippedRows,
    rejected: job.failedRows,
    open: Math.max(0, job.totalRows - job.processedRows),
  };
}

/** What became of the rows, as one bar. */
export function bar(job) {
  const parts = outcomes(job);
  const all = job.totalRows || 1;
  let x = 0;
  return html`<svg class="bar" role="img" aria-label=${`${Math.floor(job.percentComplete ?? 0)} %`} viewBox="0 0 100 1"
    preserveAspectRatio="none"><rect class="open" width="100" height="1"></rect>${KINDS.map((kind) => {
      const width = (100 * parts[kind]) / all;
      const shown = parts[kind] > 0 ? Math.max(width, 0.6) : 0;
      const rect = svg`<rect class=${kind} x=${Math.min(x, 100 - shown)} width=${shown} height="1"></rect>`;
      x += width;
      return rect;
    })}</svg>`;
}

export function legend(job) {
  const parts = outcomes(job);
  const kinds = ['imported', ...['updated', 'skipped'].filter((kind) => parts[kind] > 0), 'rejected'];
  if (parts.open > 0) {
    kinds.push('open');
  }
  return html`<dl class="legend">${kinds.map(
    (kind) => html`<div><dt><span class="swatch ${kind}"></span>${text.job.outcomes[kind]}</dt><dd>${number(parts[kind])}</dd></div>`,
  )}</dl>`;
}

/** Rows per second over time; where nothing moved, the ground is shaded. */
export function pace(document) {
  const buckets = document.buckets;
  const rates = buckets.map((bucket) => bucket.rows / document.seconds);
  const most = Math.max(...rates, 1);
  const width = 100 / buckets.length;
  return html`<figure class="pace"><svg role="img" aria-label=${text.job.paceLabel(Math.round(most))} viewBox="0 0 100 40"
    preserveAspectRatio="none">${buckets.map((bucket, i) => {
      const height = (38 * rates[i]) / most;
      const bad = bucket.rows ? (height * bucket.rejects) / bucket.rows : 0;
      return bucket.rows
        ? svg`<rect class="imported" x=${i * width} y=${40 - height} width=${width * 0.86} height=${height}></rect><rect class="rejected" x=${i * width} y=${40 - bad} width=${width * 0.86} height=${bad}></rect>`
        : svg`<rect class="wait" x=${i * width} y="0" width=${width} height="40"></rect>`;
    })}</svg><figcaption><span>${clock(buckets[0].from)}</span><span>${text.job.paceLabel(Math.round(most))}</span><span>${clock(
      buckets[buckets.length - 1].from,
    )}</span></figcaption></figure>`;
}
