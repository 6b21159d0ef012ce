// The check of an import that has not started: what would happen to each row.
import { get, ofJob, post, save, send } from './api.js';
import { MISSING, causeAdvice, causeName } from './causes.js';
import { html, nothing, redraw } from './draw.js';
import { count, number, short, time } from './format.js';
import { may } from './me.js';
import { button, notice, say } from './parts.js';
import { copyUsers, createUsers, hasStandIn } from './stand-in.js';
import { text } from './texts.js';

const PERIOD = 700;

/** The most rows that are shown for a cause. */
const EXAMPLES = 3;

/** The most addresses that the page lists. */
const SHOWN = 50;

/** Whether most rows only name people who are no users, as on a machine that has none. */
const lacksUsers = (report) =>
  report.faults.filter((fault) => !MISSING.includes(fault.cause)).reduce((sum, fault) => sum + fault.rows, 0) < report.failedRows / 2;

/** What a file is, of which no row can be imported. */
const advice = (report) =>
  lacksUsers(report) ? text.check.noUsers
    : report.duplicates.inDatabase.rows > report.failedRows / 2 ? text.check.known : text.check.wrongFile;

const isUseful = (report) => report.successfulRows + report.updatedRows + report.skippedRows > 0;

/** The tone of a notice, what a check has found, and what that means. */
function headline(report) {
  if (report.failedRows === 0) {
    return ['good', text.check.good(report.totalRows)];
  }
  return isUseful(report)
    ? ['warn', text.check.mixed(report.successfulRows + report.updatedRows, report.failedRows), text.check.rejectsStay]
    : ['bad', text.check.bad(report.totalRows), advice(report)];
}

/**
 * @param page with job, fault, busy
 * @param after called when the import has started or is discarded
 */
export function checkOf(page, after) {
  const state = { check: null, opening: false, timer: 0, gone: false, budget: '' };
  const path = () => ofJob(page.job.jobId, 'validate');

  function take(check) {
    if (state.gone) {
      return;
    }
    state.check = check;
    redraw();
    if (check.status === 'completed') {
      say(headline(check.report)[1]);
    } else if (check.status === 'failed') {
      say(text.check.failed);
    }
    if (check.status === 'waiting' || check.status === 'running') {
      state.timer = setTimeout(poll, PERIOD);
    }
  }

  async function poll() {
    try {
      take(await get(`import/backfill/validate/${state.check.checkId}`));
    } catch (e) {
      state.timer = setTimeout(poll, 3 * PERIOD);
      if (e.status === 404) {
        clearTimeout(state.timer);
        state.check = { status: 'failed' };
        redraw();
      }
    }
  }

  const run = async () => take(await post(path(), undefined, { Prefer: 'respond-async' }));

  /** Found again where a tab was closed meanwhile; begun where there is none. */
  async function begin() {
    if (!may('operator')) {
      return;
    }
    // Asked before the check is over, lest a button moves the others.
    hasStandIn();
    try {
      take(await get(path()));
    } catch (e) {
      if (e.type !== 'unknown-check') {
        throw e;
      }
      await run();
    }
  }

  async function start() {
    const budget = state.budget === '' ? '' : `?maxErrors=${encodeURIComponent(state.budget)}`;
    await post(ofJob(page.job.jobId, 'resume') + budget, undefined, { Prefer: 'wait=0' });
    await after();
  }

  async function discard() {
    await post(ofJob(page.job.jobId, 'cancel'));
    location.hash = '';
  }

  /** The faults that most rows have, where the first rows do not show them all. */
  const messages = (fault) => fault.messages.length && fault.rows > EXAMPLES
    ? html`<details><summary>${text.check.frequent}</summary><ul class="plain-list">${fault.messages.map(
      (one) => html`<li><bdi>${short(one.message, 120)}</bdi> <span class="quiet">${count(one.rows, 'row')}</span></li>`)}</ul></details>`
    : nothing;

  const faults = (report) => html`<table class="causes"><thead><tr><th scope="col">${text.check.causes}</th><th scope="col" class="number">${text.job.rows}</th></tr></thead>
    <tbody>${report.faults.map((fault) => html`<tr><th scope="row">${causeName(fault.cause)}<div class="quiet">${causeAdvice(fault.cause)}</div>
      <div class="quiet">${fault.first.slice(0, EXAMPLES).map((row) => html`<div>${text.fix.row} ${number(row.row)}: <bdi>${short(row.message, 120)}</bdi></div>`)}</div>${messages(fault)}</th>
      <td class="number">${number(fault.rows)}</td></tr>`)}</tbody></table>`;

  async function create() {
    await createUsers(state.check.report.emailsNotFound);
    await run();
  }

  /** All of them, which only a check by itself lists. */
  async function csv() {
    const response = await send(path() + '?spreadsheet=safe', { method: 'POST', headers: { Accept: 'text/csv' } });
    save(await response.blob(), 'missing_users.csv');
  }

  const emails = (report, good) => report.emailsNotFoundTotal
    ? html`<div class="buttons">${hasStandIn() ? button(page, text.users.create(report.emailsNotFound.length), create, { kind: good ? '' : 'primary' }) : nothing}
        ${copyUsers(page, report.emailsNotFound, report.emailsNotFoundTotal)}${button(page, text.users.csv, csv)}</div>
      <details><summary>${text.check.missing(report.emailsNotFoundTotal)}</summary><ul class="plain-list">${report.emailsNotFound.slice(0, SHOWN).map(
      (email) => html`<li><bdi>${short(email.email)}</bdi> <span class="quiet">${email.roles.join(', ')}, ${count(email.rows, 'row')}</span></li>`)}</ul>
      ${report.emailsNotFoundTotal > SHOWN ? html`<p class="quiet">${text.users.more(SHOWN)}</p>` : nothing}</details>`
    : nothing;

  function result(report) {
    const good = report.successfulRows + report.updatedRows;
    const useful = isUseful(report);
    const bad = report.failedRows;
    const repeats = report.duplicates.inFile.rows + report.duplicates.inDatabase.rows;
    return html`${notice(...headline(report))}
      ${report.updatedRows ? html`<p>${text.check.updated(report.updatedRows)}</p>` : nothing}
      ${report.skippedRows ? html`<p>${text.check.skipped(report.skippedRows)}</p>` : nothing}
      ${bad ? faults(report) : nothing}
      ${emails(report, useful)}
      ${repeats ? html`<p class="quiet">${text.check.duplicates(report.duplicates.inFile.rows, report.duplicates.inDatabase.rows)} ${text.check.duplicatesAdvice}</p>` : nothing}
      ${useful ? html`<div class="fields"><label>${text.check.stop}<input type="number" min="0" inputmode="numeric" .value=${state.budget} @input=${(e) => { state.budget = e.target.value; }}></label></div>` : nothing}
      <div class="buttons">
        ${useful ? button(page, bad ? text.check.start(good) : text.check.startAll(good), start, { kind: 'primary' }) : nothing}
        ${button(page, text.check.again, run)}
        ${button(page, text.check.discard, discard)}
      </div>
      <p class="quiet">${text.check.discardAdvice} ${state.check.expiresAt ? html`${text.check.until} ${time(state.check.expiresAt)}.` : nothing}</p>`;
  }

  function view() {
    const check = state.check;
    if (!may('operator')) {
      return html`<p class="quiet">${text.needs('operator')}</p>`;
    }
    if (!check) {
      return html`<div class="buttons">${button(page, text.check.unchecked, start)}${button(page, text.check.discard, discard)}</div>`;
    }
    if (check.status === 'completed') {
      return result(check.report);
    }
    if (check.status === 'failed') {
      return html`${notice('bad', text.check.failed)}<div class="buttons">${button(page, text.check.again, run, { kind: 'primary' })}
        ${button(page, text.check.unchecked, start)}${button(page, text.check.discard, discard)}</div>`;
    }
    return html`<p>${check.status === 'waiting' ? text.check.waiting : text.check.going}</p>
      <progress max="100" value=${check.percentComplete ?? 0} aria-label=${text.check.title}></progress>
      <p class="quiet">${number(check.processedRows)} / ${number(check.totalRows || page.job.totalRows)}</p>
      <div class="buttons">${button(page, text.check.unchecked, start)}${button(page, text.check.discard, discard)}</div>`;
  }

  /** At first, and after a reconnect where that failed. */
  async function open() {
    if (state.check || state.opening) {
      return;
    }
    state.opening = true;
    try {
      await begin();
      page.fault = null;
    } catch (e) {
      page.fault = e;
    }
    state.opening = false;
    redraw();
  }

  open();
  return {
    again: open,
    view: () => html`<section class="card" aria-labelledby="check"><h2 id="check">${text.check.title}</h2>${view()}</section>`,
    leave: () => {
      state.gone = true;
      clearTimeout(state.timer);
    },
  };
}
