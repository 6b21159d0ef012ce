// The list of imports, and the place where a file becomes one.
import { JOBS, get } from './api.js';
import { bar } from './charts.js';
import { html, nothing, redraw, repeat } from './draw.js';
import { duration, name, number, time } from './format.js';
import { live } from './live.js';
import { percent, problem, rejected, status } from './parts.js';
import { text } from './texts.js';
import { uploadCard } from './upload.js';

const FILTERS = {
  pending: ['pending'],
  running: ['running'],
  paused: ['paused'],
  completed: ['completed'],
  failed: ['failed'],
  cancelled: ['cancelled'],
  rolled_back: ['rolling_back', 'rolled_back'],
};

const PAGE = 50;

/** The most jobs that one answer lists. */
const MOST = 500;

/** Between two questions for a filtered list. */
const PERIOD = 2000;

/** Seconds until the estimated end. */
const left = (job) => (new Date(job.estimatedEnd) - Date.now()) / 1000;

function moving(job) {
  if (job.status !== 'running') {
    return nothing;
  }
  const parts = [];
  if (job.rate) {
    parts.push(text.list.rate(job.rate));
  }
  if (job.estimatedEnd && left(job) > 0) {
    parts.push(text.list.left(duration(left(job))));
  }
  return parts.length ? html`<div class="quiet">${parts.join(', ')}</div>` : nothing;
}

/** Jobs made of rejects have names that are much alike. */
function parent(job) {
  const known = live.jobs.get(job.parentJobId);
  return known ? html`<div class="quiet">${text.job.parent} ${name(known.fileName, 60)}</div>` : nothing;
}

function row(job) {
  const [file, state, progress, rows, bad, added] = text.list.columns;
  return html`<tr>
    <th scope="row" data-label=${file}><a href=${'#/job/' + job.jobId}>${name(job.fileName)}</a>${parent(job)}</th>
    <td data-label=${state}>${status(job)}</td>
    <td data-label=${progress} class="progress">${job.status === 'pending'
      ? html`<span class="quiet">–</span>`
      : html`<div class="with-number">${bar(job)}<span>${percent(job)} %</span></div>${moving(job)}`}</td>
    <td data-label=${rows} class="number">${number(job.totalRows)}</td>
    <td data-label=${bad} class="number">${rejected(job.failedRows)}</td>
    <td data-label=${added}>${time(job.createdAt)}</td>
  </tr>`;
}

/** Stays while other pages are looked at. */
const filter = { name: '', status: '' };

const filtered = () => Boolean(filter.name || filter.status);

export function importsPage() {
  const page = { jobs: new Map(), next: null, loaded: false, fault: null, busy: false };
  const upload = uploadCard();
  let asked = 0;
  let begun = 0;
  let timer = 0;

  /** As many jobs as are shown, or the next ones. */
  function query(cursor) {
    const limit = cursor ? PAGE : Math.min(MOST, Math.max(PAGE, page.jobs.size));
    const parameters = new URLSearchParams({ limit });
    if (filter.name) {
      parameters.set('name', filter.name);
    }
    if (filter.status) {
      parameters.set('status', FILTERS[filter.status].join(','));
    }
    if (cursor) {
      parameters.set('cursor', cursor);
    }
    return `${JOBS}?${parameters}`;
  }

  async function load(cursor) {
    const mine = ++asked;
    const seen = new Map(live.jobs);
    clearTimeout(timer);
    timer = 0;
    begun = Date.now();
    try {
      const answer = await get(query(cursor));
      // The first answer is shown, even if the stream has made the page ask again.
      if (mine === asked || !page.loaded) {
        if (!cursor) {
          page.jobs = new Map();
        }
        answer.jobs.forEach((job) => {
          const told = live.jobs.get(job.jobId);
          page.jobs.set(job.jobId, told && told !== seen.get(job.jobId) ? told : job);
        });
        page.next = answer.next ?? null;
        page.loaded = true;
        page.fault = null;
      }
    } catch (e) {
      page.fault = e.status === 0 || e.status === 503 ? null : e;
    }
    redraw();
  }

  function later(wait) {
    timer ||= setTimeout(load, Math.max(0, begun + wait - Date.now()));
  }

  function changed(ids, removed, whole) {
    removed.forEach((id) => page.jobs.delete(id));
    ids.forEach((id) => {
      const job = live.jobs.get(id);
      if (page.jobs.has(id) || (!filtered() && page.loaded)) {
        page.jobs.set(id, job);
      }
    });
    if (whole) {
      load();
    } else if (filtered() && ids.length) {
      // The server knows which jobs match by now.
      later(PERIOD);
    }
  }

  function change(field, value) {
    filter[field] = value;
    clearTimeout(timer);
    timer = setTimeout(load, field === 'name' ? 300 : 0);
  }

  const filters = () => html`<form class="filters" role="search" aria-label=${text.list.filter} @submit=${(e) => e.preventDefault()}>
    <label>${text.list.name}<input type="search" .value=${filter.name} @input=${(e) => change('name', e.target.value)}></label>
    <label>${text.list.status}<select @change=${(e) => change('status', e.target.value)}>
      <option value="">${text.list.all}</option>
      ${Object.keys(FILTERS).map((key) => html`<option value=${key} ?selected=${filter.status === key}>${text.status[key]}</option>`)}
    </select></label>
  </form>`;

  const summary = () => live.running === null ? nothing : html`<p class="summary">${text.list.summary(live.running, live.waiting)}, ${live.eventsPending
    ? html`<span class="rejected">${text.list.eventsWait(live.eventsPending)}</span>`
    : text.list.eventsCurrent}</p>`;

  function list() {
    const jobs = [...page.jobs.values()].sort((a, b) => b.createdAt.localeCompare(a.createdAt));
    if (!page.loaded) {
      return html`<div class="skeleton" aria-hidden="true"></div>`;
    }
    if (!jobs.length) {
      return filtered()
        ? html`<div class="empty"><h2>${text.list.none}</h2><p>${text.list.noneAdvice}</p></div>`
        : html`<div class="empty"><h2>${text.list.empty}</h2>${upload.sample()}</div>`;
    }
    return html`<table class="jobs">
      <thead><tr>${text.list.columns.map((column, i) => html`<th scope="col" class=${i === 3 || i === 4 ? 'number' : ''}>${column}</th>`)}</tr></thead>
      <tbody>${repeat(jobs, (job) => job.jobId, row)}</tbody>
    </table>
    ${page.next ? html`<button type="button" @click=${() => load(page.next)}>${text.list.more}</button>` : nothing}`;
  }

  load();
  return {
    title: () => text.list.title,
    changed,
    leave: () => {
      clearTimeout(timer);
      upload.leave();
    },
    view: () => html`
      ${upload.view()}
      <div class="heading"><h1>${text.list.title}</h1>${summary()}</div>
      ${page.jobs.size || filtered() ? filters() : nothing}
      ${problem(page.fault)}
      ${list()}`,
  };
}
