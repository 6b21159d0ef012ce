// One import. Its status decides what the page shows.
import { get, ofJob, post } from './api.js';
import { MISSING, causeTable } from './causes.js';
import { bar, legend, outcomes, pace } from './charts.js';
import { checkOf } from './check.js';
import { html, nothing, redraw } from './draw.js';
import { bytes, clock, count, day, duration, name, number, short, visible } from './format.js';
import { live } from './live.js';
import { may } from './me.js';
import { attempt, button, copy, fact, history, notice, percent, problem, say, status, statusOf } from './parts.js';
import { text } from './texts.js';
import { leaves } from './undo.js';

/** Between two questions for what the stream does not say. */
const PERIOD = 2000;

/** The same while the stream says nothing, as of an import that stands still. */
const SILENCE = 5000;

const MOVING = ['running', 'rolling_back'];
const ENDED = ['completed', 'cancelled', 'rolled_back'];

/** A message may name requests; here their answers have places on the page. */
const told = (message) =>
  message.replace(/(GET )?\/import\/backfill\/[0-9a-f-]+\/(report|verify|errors)/, (_, get, what) => text.job.places[what]);

export function jobPage(id) {
  const page = { job: null, report: null, pace: null, verify: null, undone: null, missing: null, values: {}, fault: null, unread: null, busy: false, gone: false, deleted: false, asking: false };
  let check = null;
  let timer = 0;
  let asked = 0;
  let left = false;
  let spoken = null;

  /** A job as an event shows it. Only the report counts its open rejects. */
  const asTold = (job) => ({ ...job, openRejects: page.report.openRejects });

  async function load() {
    clearTimeout(timer);
    timer = 0;
    asked = Date.now();
    const seen = live.jobs.get(id);
    const before = page.job && statusOf(page.job)[0];
    try {
      const report = await get(ofJob(id, 'report'));
      const told = live.jobs.get(id);
      if (left) {
        return;
      }
      page.report = report;
      page.job = told && told !== seen ? asTold(told) : report;
      page.gone = false;
      if (before) {
        announce(before);
      }
      begin();
      if (report.startedAt) {
        page.pace = await get(ofJob(id, 'pace')).catch(() => null);
      }
      if (report.status === 'rolled_back') {
        page.undone = await get(ofJob(id, 'rollback'));
      }
      countMissing();
    } catch (e) {
      page.gone = e.status === 404 && !page.job;
      page.deleted = e.status === 404 && Boolean(page.job);
      page.unread = page.job ? null : e;
    }
    redraw();
  }

  /** Takes long for a million addresses, so the page does not wait for it. */
  async function countMissing() {
    const { openCauses, status: now, purgedAt } = page.report;
    if (may('operator') && !purgedAt && !MOVING.includes(now) && MISSING.some((cause) => openCauses[cause])) {
      page.missing = await get(ofJob(id, 'missing-users') + '?limit=0').catch(() => null);
      redraw();
    }
  }

  function begin() {
    const ready = page.job.status === 'pending' && !page.job.queued;
    if (ready && !check) {
      check = checkOf(page, load);
    } else if (!ready && check) {
      check.leave();
      check = null;
    }
  }

  function later() {
    if (!timer && !left) {
      timer = setTimeout(load, Math.max(0, asked + PERIOD - Date.now()));
    }
  }

  const goesOn = () => (page.job ? MOVING.includes(page.job.status) || page.job.queued : page.unread && !page.gone);
  const silence = setInterval(() => goesOn() && !document.hidden && later(), SILENCE);

  function changed(ids, removed, whole) {
    if (removed.includes(id)) {
      page.deleted = true;
    } else if (ids.includes(id) && page.job) {
      const before = statusOf(page.job)[0];
      page.job = asTold(live.jobs.get(id));
      announce(before);
      begin();
      later();
    } else if (whole) {
      later();
    }
    if (whole) {
      check?.again();
    }
  }

  function announce(before) {
    const now = statusOf(page.job)[0];
    const quarter = Math.floor(percent(page.job) / 25) * 25;
    if (now !== before) {
      say(text.status[now]);
    } else if (page.job.status === 'running' && quarter > 0 && quarter !== spoken) {
      spoken = quarter;
      say(text.job.announce(quarter));
    }
  }

  const ask = (what, headers) => async () => {
    await post(ofJob(id, what), undefined, headers);
    await load();
  };

  async function retry(cause) {
    const child = await post(ofJob(id, 'retry') + (cause ? `?cause=${cause}` : ''));
    location.hash = `#/job/${child.jobId}`;
  }

  /** Why each action cannot be taken; empty where it can. */
  function reasons() {
    const { status: now, requested, queued } = page.job;
    const no = text.action.no;
    const stands = ['paused', 'failed'].includes(now);
    const runs = now === 'running';
    const undoable = ['completed', 'cancelled', 'paused', 'failed'].includes(now);
    const why = {
      resume: stands && page.report.purgedAt ? no.purged : stands || requested === 'pause' ? '' : no.resume,
      pause: requested ? no.stopping : runs || queued ? '' : no.pause,
      cancel: requested === 'cancel' ? no.stopping : runs || stands || queued ? '' : no.cancel,
    };
    if (!may('operator')) {
      Object.keys(why).forEach((action) => { why[action] = text.needs('operator'); });
    }
    why.undo = !undoable ? no.undo : page.job.successfulRows === 0 ? no.empty : may('admin') ? '' : text.needs('admin');
    return why;
  }

  function actions() {
    const why = reasons();
    const keep = () => {
      page.asking = false;
      redraw();
      document.getElementById('cancel').focus();
    };
    return html`<div class="buttons">
        ${button(page, text.action.resume, ask('resume', { Prefer: 'wait=0' }), { why: why.resume, kind: why.resume || page.job.requested ? '' : 'primary' })}
        ${button(page, text.action.pause, ask('pause'), { why: why.pause })}
        ${button(page, text.action.cancel, async () => { page.asking = true; }, { why: why.cancel, id: 'cancel' })}
        ${why.undo ? button(page, text.action.undo, null, { why: why.undo }) : html`<a class="button" href=${`#/job/${id}/undo`}>${text.action.undo}</a>`}
        ${ENDED.includes(page.job.status) ? html`<a class="button" href=${`#/job/${id}/receipt`}>${text.action.receipt}</a>` : nothing}</div>
      ${page.asking && !why.cancel ? html`<div class="notice warn" role="group"><p>${text.action.confirmCancel}</p><div class="buttons">
        ${button(page, text.action.cancel, async () => { page.asking = false; await ask('cancel')(); }, { kind: 'danger' })}
        <button type="button" @click=${keep}>${text.action.keep}</button></div></div>` : nothing}`;
  }

  function progress() {
    const job = page.job;
    const facts = [];
    if (job.status === 'running' && job.rate) {
      facts.push(text.list.rate(job.rate));
    }
    const left = (new Date(job.estimatedEnd) - Date.now()) / 1000;
    if (left > 0 && job.status === 'running' && !job.waitingFor) {
      facts.push(text.list.left(duration(left)));
    }
    if (job.elapsedSeconds && job.status !== 'running') {
      facts.push(`${text.job.elapsed}: ${duration(job.elapsedSeconds)}`);
    }
    return html`<section class="card" aria-labelledby="progress"><div class="heading"><h2 id="progress">${text.job.progress}</h2>
        <span class="quiet">${facts.join(', ')}</span></div>
      <div class="big"><span class="percent">${percent(job)} %</span>${bar(job)}</div>
      ${legend(job)}
      ${job.status === 'rolling_back' ? html`<p>${text.undo.going(job.sessionsRemoved ?? 0)}</p>` : nothing}
      ${page.pace?.buckets.length > 3 ? html`<h3>${text.job.pace}</h3>${pace(page.pace)}` : nothing}
    </section>`;
  }

  function rejects() {
    const job = page.job;
    if (!job.failedRows) {
      return nothing;
    }
    const open = page.report.openRejects ?? 0;
    const free = page.report.retryableRejects;
    const stopped = ['completed', 'paused', 'failed', 'cancelled'].includes(job.status);
    return html`<section class="card" aria-labelledby="rejects"><div class="heading"><h2 id="rejects">${text.job.rejects}</h2>
        <span class="quiet">${open ? text.job.openRejects(open, job.failedRows) : text.job.allSolved}</span></div>
      ${causeTable(page, (cause) => attempt(page, () => retry(cause)))}
      ${page.report.purgedAt ? html`<p class="quiet">${text.job.purgedAdvice}</p>` : html`${open > free ? html`<p class="quiet">${text.job.taken(open - free)}</p>` : nothing}
        ${free && stopped && may('operator') ? html`<div class="buttons">
          <a class="button primary" href=${`#/job/${id}/fix`}>${text.action.fixAll(free)}</a>
          ${button(page, text.action.retryAll(free), () => retry())}</div>
          <p class="quiet">${text.job.nextRejects}</p>` : nothing}`}
    </section>`;
  }

  const countAgain = async () => {
    page.verify = await get(ofJob(id, 'verify'));
  };

  function adds() {
    const job = page.job;
    const parts = outcomes(job);
    const [inFile, ...words] = text.job.equation;
    const terms = [parts.imported, parts.updated, parts.skipped, parts.rejected, parts.open];
    const verify = page.verify;
    return html`<details class="card"><summary><h2>${text.job.adds}</h2>${verify
        ? html`<span class="status ${verify.consistent ? 'good' : 'bad'}">${verify.consistent ? text.job.addsYes : text.job.addsNo}</span>` : nothing}</summary>
      <p class="equation"><span><b>${number(job.totalRows)}</b> ${inFile}</span> = ${terms.map((n, i) => html`${i ? ' + ' : ''}<span>${i === 3 && n && may('operator') && !page.report.purgedAt
        ? html`<a href=${`#/job/${id}/fix`}><b>${number(n)}</b></a>` : html`<b>${number(n)}</b>`} ${words[i]}</span>`)}</p>
      ${verify ? html`<ul class="plain-list"><li>${text.job.sessions(verify.sessions)}</li>
        ${verify.removed ? html`<li>${text.job.removed(verify.removed)}</li>` : nothing}
        ${verify.removedOutside ? html`<li>${text.job.outside(verify.removedOutside)}</li>` : nothing}
        ${(verify.problems ?? []).map((line) => html`<li class="rejected">${line}</li>`)}</ul>` : nothing}
      ${button(page, text.job.addsAsk, countAgain)}</details>`;
  }

  function side() {
    const { job, report } = page;
    const mayRead = may('operator') && job.failedRows > 0 && !report.purgedAt;
    return html`<section class="card facts" aria-labelledby="about"><h2 id="about">${text.job.facts}</h2><dl>
        ${fact(text.job.by, report.createdBy)}
        ${fact(text.job.size, bytes(report.sizeBytes))}
        ${fact(text.job.charset, report.charset)}
        ${fact(text.job.onDuplicate, job.onDuplicate === 'reject' ? null : text.upload.duplicates[job.onDuplicate])}
        ${fact(text.job.events, job.successfulRows || job.updatedRows ? html`${text.job.eventsSent(job.eventsPublished)}${job.eventsPending ? html`, <span class="rejected">${text.job.eventsWait(job.eventsPending)}</span>` : nothing}` : null)}
        ${fact(text.job.kept, report.keptUntil ? day(report.keptUntil) : null)}
        ${fact(text.job.purged, report.purgedAt ? day(report.purgedAt) : null)}
        ${fact(text.job.id, html`<code>${id}</code> <button type="button" class="link" @click=${() => copy(id)}>${text.copy}</button>`)}
        ${fact(text.job.checksum, report.checksum ? html`<code class="long">${report.checksum}</code>` : null)}
      </dl></section>
      ${mayRead ? html`<section class="card" aria-labelledby="downloads"><h2 id="downloads">${text.job.downloads}</h2><ul class="plain-list">
        <li><a href=${ofJob(id, 'errors')} download>${text.job.errors}</a></li>
        <li><a href=${ofJob(id, 'errors') + '?spreadsheet=safe'} download>${text.job.errorsSafe}</a></li></ul></section>` : nothing}
      ${job.parentJobId || report.children.length ? html`<section class="card" aria-labelledby="family"><h2 id="family">${text.job.family}</h2>
        ${job.parentJobId ? html`<p>${text.job.parent} ${relative(job.parentJobId)}</p>` : nothing}
        ${report.children.length ? html`<p>${text.job.children}</p><ul class="plain-list">${report.children.map((child) => html`<li>${relative(child)}</li>`)}</ul>` : nothing}
      </section>` : nothing}
      ${check ? nothing : adds()}`;
  }

  function relative(other) {
    const known = live.jobs.get(other);
    return html`<a href=${`#/job/${other}`}>${known ? name(known.fileName, 40) : other.slice(0, 8)}</a> ${known ? status(known) : nothing}`;
  }

  const undone = () => html`<section class="card" aria-labelledby="undone"><h2 id="undone">${text.undo.done(page.undone.removed)}</h2>
    ${leaves(page.undone)}</section>`;

  function view() {
    if (page.gone) {
      return html`<h1>${text.job.gone}</h1><p>${text.job.goneAdvice}</p><p><a href="#/">${text.job.back}</a></p>`;
    }
    if (!page.job) {
      return page.unread ? problem(page.unread) : html`<div class="skeleton" aria-hidden="true"></div>`;
    }
    const job = page.job;
    return html`<p class="back"><a href="#/">${text.job.back}</a></p>
      <div class="heading"><div><h1 title=${visible(job.fileName).slice(0, 500)}>${name(job.fileName)}</h1>
        <p class="sub">${status(job)} <span class="quiet">${count(job.totalRows, 'row')}, ${clock(job.createdAt)}</span></p></div>
        ${check ? nothing : actions()}</div>
      ${page.deleted ? notice('warn', text.job.gone, text.job.deleted) : nothing}
      ${problem(page.fault)}
      ${job.message && !['pending', 'rolled_back'].includes(job.status) ? notice(job.status === 'failed' ? 'bad' : 'warn', text.status[statusOf(job)[0]], told(job.message)) : nothing}
      ${job.waitingFor ? notice('warn', text.status[statusOf(job)[0]], job.waitingFor) : nothing}
      <div class="columns"><div>
        ${check ? check.view() : progress()}
        ${page.undone ? undone() : nothing}
        ${rejects()}
        <section class="card" aria-labelledby="history"><h2 id="history">${text.job.history}</h2>${history(page.report.history.slice(-50).reverse())}</section>
      </div><div>${side()}</div></div>`;
  }

  load();
  return {
    title: () => page.job
      ? MOVING.includes(page.job.status) ? text.job.title(percent(page.job), short(page.job.fileName, 40))
        : `${short(page.job.fileName, 40)}: ${text.status[statusOf(page.job)[0]]}`
      : text.list.title,
    changed,
    leave: () => {
      left = true;
      clearTimeout(timer);
      clearInterval(silence);
      check?.leave();
    },
    view,
  };
}
