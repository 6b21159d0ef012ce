// Corrects rejected rows: by value, over all pages, and row by row. Cells that nobody touches keep their bytes.
import { get, ofJob, post } from './api.js';
import { causeName, value } from './causes.js';
import { html, nothing, redraw, repeat } from './draw.js';
import { name, number, short } from './format.js';
import { attempt, button, notice, opening, problem, say } from './parts.js';
import { text } from './texts.js';

const PAGE = 50;
const MANY = 5000;

/** The most values of a cause that are listed. */
const VALUES = 100;
const CHOICES = {
  session_type: ['Language Connect', 'Mentorship'],
  language_level: ['', 'A1', 'A2', 'B1', 'B2', 'C1', 'C2'],
};

const LOCAL_DATE = /^(\d{4}-\d\d-\d\d)[T ]\d\d:\d\d(:\d\d)?(\.\d+)?$/;

/** What a date would become, while it is typed. */
function dateHelp(typed) {
  if (LOCAL_DATE.test(typed)) {
    return text.fix.offsetAsk;
  }
  const date = new Date(typed.replace(' ', 'T'));
  return /(Z|[+-]\d\d(:?\d\d)?)$/i.test(typed) && !Number.isNaN(date.getTime()) ? text.fix.offset(date.toISOString()) : '';
}

/** Corrections that are not imported yet, by import: they stay while other pages are looked at. */
const drafts = new Map();

const changes = (draft) => draft.edits.size + draft.rules.size;

addEventListener('beforeunload', (event) => {
  if ([...drafts.values()].some(changes)) {
    event.preventDefault();
  }
});

export function fixPage(id, cause) {
  const draft = drafts.get(id) ?? { rules: new Map(), edits: new Map(), out: new Set() };
  drafts.set(id, draft);
  const page = {
    ...draft, job: null, causes: {}, values: [], moreValues: false, rows: null, columns: [], total: 0, cursors: [undefined], next: null,
    report: null, fault: null, busy: false,
  };

  const key = (column, from) => JSON.stringify([column, from]);

  async function load() {
    const report = await get(ofJob(id, 'report'));
    page.job = report;
    page.causes = report.openCauses;
    const shown = cause ? [cause] : Object.keys(page.causes);
    const lists = await Promise.all(shown.map((one) => get(`${ofJob(id, 'rejects/values')}?cause=${one}&open=true&limit=${VALUES}`)));
    page.moreValues = lists.some((list) => list.total > list.values.length);
    page.values = lists.flatMap((list) => list.values.map((entry) => ({ ...entry, cause: list.cause, exact: list.exact })))
      .filter((entry) => entry.column !== undefined && entry.value !== undefined && entry.rows > 1)
      .sort((a, b) => b.rows - a.rows);
    await rows();
  }

  async function rows() {
    const parameters = new URLSearchParams({ open: true, limit: PAGE });
    if (cause) {
      parameters.set('cause', cause);
    }
    const cursor = page.cursors[page.cursors.length - 1];
    if (cursor) {
      parameters.set('cursor', cursor);
    }
    const answer = await get(`${ofJob(id, 'rejects')}?${parameters}`);
    page.rows = answer.rejects;
    // Faulty cells stand beside what is wrong with them.
    const faulty = new Set(answer.rejects.flatMap((row) => row.faults.map((fault) => fault.column)));
    page.columns = answer.columns.toSorted((a, b) => faulty.has(b) - faulty.has(a));
    page.total = answer.total ?? page.total;
    page.next = answer.next ?? null;
  }

  const edited = (row) => page.edits.get(row) ?? {};

  /** @param unedited what stands there by itself, or by a rule */
  function edit(row, column, typed, unedited) {
    const changes = { ...edited(row) };
    if (typed === unedited) {
      delete changes[column];
    } else {
      changes[column] = typed;
    }
    if (Object.keys(changes).length) {
      page.edits.set(row, changes);
    } else {
      page.edits.delete(row);
    }
    page.report = null;
    redraw();
  }

  function rule(entry, typed) {
    if (typed === entry.value) {
      page.rules.delete(key(entry.column, entry.value));
    } else {
      page.rules.set(key(entry.column, entry.value), typed);
    }
    page.report = null;
    redraw();
  }

  function leaveOut(row, yes) {
    page.out[yes ? 'add' : 'delete'](row);
    page.report = null;
    redraw();
  }

  const corrections = () => ({
    rows: [...page.edits].map(([row, changes]) => ('\0text' in changes ? { row, text: changes['\0text'] } : { row, fields: changes })),
    rules: [...page.rules].map(([pair, to]) => {
      const [column, from] = JSON.parse(pair);
      return { column, from, to };
    }),
    leaveOut: [...page.out],
  });

  /** Corrections of rows that another import has by now are dropped; the others stay. */
  async function send(query = '') {
    try {
      return await post(ofJob(id, 'corrections') + query, corrections());
    } catch (e) {
      if (e.type === 'rejects-taken') {
        e.rows.forEach((row) => {
          page.edits.delete(row);
          page.out.delete(row);
        });
        page.rows = page.rows.map((row) => (e.rows.includes(row.row) ? { ...row, state: 'taken' } : row));
        page.report = null;
        e.title = text.fix.takenNow(e.rows);
        e.message = text.fix.takenAdvice;
      }
      throw e;
    }
  }

  async function checkAll() {
    page.report = await send('?dryRun=true');
    say(headline(page.report));
  }

  async function importAll() {
    const child = await send();
    drafts.delete(id);
    location.hash = `#/job/${child.jobId}`;
  }

  /** An input, or a choice where the values are known. */
  function input(column, typed, was, label, change) {
    const choices = CHOICES[column];
    const changed = typed !== was;
    if (choices) {
      return html`<select class=${changed ? 'changed' : 'faulty'} aria-label=${label} @change=${(e) => change(e.target.value)}>
        ${choices.includes(was) ? nothing : html`<option value=${was} ?selected=${typed === was}>${was === '' ? text.job.emptyValue : short(was, 30)}</option>`}
        ${choices.map((choice) => html`<option value=${choice} ?selected=${typed === choice}>${choice || text.job.emptyValue}</option>`)}</select>`;
    }
    return html`<input class=${changed ? 'changed' : 'faulty'} aria-label=${label} .value=${typed} spellcheck="false" @input=${(e) => change(e.target.value)}>
      ${column === 'date' && dateHelp(typed) ? html`<div class="quiet">${dateHelp(typed)}</div>` : nothing}`;
  }

  const valueTable = () => html`<section class="card" aria-labelledby="by-value"><h2 id="by-value">${text.fix.values}</h2><p class="quiet">${text.fix.valuesAdvice}</p>
    <table class="fixes"><thead><tr><th scope="col">${text.fix.value}</th><th scope="col" class="number">${text.job.rows}</th><th scope="col">${text.fix.replace}</th></tr></thead>
    <tbody>${repeat(page.values, (entry) => key(entry.column, entry.value), (entry) => {
      const typed = page.rules.get(key(entry.column, entry.value)) ?? entry.value;
      return html`<tr><th scope="row" data-label=${text.fix.value}>${value(entry)}<div class="quiet">${entry.column}: ${causeName(entry.cause)}</div></th>
        <td class="number" data-label=${text.job.rows}>${text.job.atLeast(entry.rows, entry.exact)}</td>
        <td data-label=${text.fix.replace}>${input(entry.column, typed, entry.value, text.fix.replaceOf(short(entry.value || text.job.emptyValue, 40)), (v) => rule(entry, v))}</td></tr>`;
    })}</tbody></table>${page.moreValues ? html`<p class="quiet">${text.fix.moreValues}</p>` : nothing}</section>`;

  /** What the database refused may be wrong in any cell. */
  const isFaulty = (row, column) =>
    row.faults.some((fault) => fault.column === column) || row.faults.every((fault) => fault.column === undefined);

  function cell(row, column) {
    const was = row.fields[column] ?? '';
    if (!isFaulty(row, column)) {
      return html`<bdi>${short(was, 60)}</bdi>`;
    }
    const ruled = page.rules.get(key(column, was));
    const typed = edited(row.row)[column] ?? ruled ?? was;
    return html`${input(column, typed, was, text.fix.fieldOf(column, row.row), (v) => edit(row.row, column, v, ruled ?? was))}
      ${typed === was ? nothing : html`<div class="quiet was">${text.fix.was(short(was, 40) || text.job.emptyValue)}</div>`}`;
  }

  function line(row) {
    const typed = edited(row.row)['\0text'] ?? row.text;
    return html`<td colspan=${page.columns.length}><textarea rows="2" spellcheck="false" class=${typed === row.text ? 'faulty' : 'changed'}
      aria-label=${text.fix.lineOf(row.row)} .value=${typed} @input=${(e) => edit(row.row, '\0text', e.target.value, row.text)}></textarea></td>`;
  }

  function tableRow(row) {
    const closed = row.state !== 'open' || row.tooLong;
    const words = row.state === 'taken' ? text.fix.taken : row.state === 'imported' ? text.fix.imported : row.tooLong ? text.fix.tooLong : null;
    return html`<tr class=${closed || page.out.has(row.row) ? 'closed' : ''}>
      <th scope="row" class="number">${number(row.row)}</th>
      <td class="messages">${words ? html`<b>${words}</b>` : row.faults.map((fault) => html`<div><bdi>${short(fault.message, 120)}</bdi></div>`)}</td>
      ${closed ? html`<td colspan=${page.columns.length}><bdi>${row.fields ? short(Object.values(row.fields).join(', '), 160) : short(row.text ?? '', 160)}</bdi></td>`
        : row.text === undefined ? page.columns.map((column) => html`<td>${cell(row, column)}</td>`) : line(row)}
      <td><input type="checkbox" aria-label=${text.fix.leaveOutRow(row.row)} .checked=${page.out.has(row.row)} ?disabled=${closed} @change=${(e) => leaveOut(row.row, e.target.checked)}></td></tr>`;
  }

  const turn = (step) => attempt(page, async () => {
    if (step > 0) {
      page.cursors.push(page.next);
    } else {
      page.cursors.pop();
    }
    await rows();
  });

  const rowTable = () => html`<section class="card" aria-labelledby="by-row"><div class="heading"><h2 id="by-row">${text.fix.rows}</h2><span class="quiet">${text.fix.shown(page.rows.length, page.total)}</span></div>
    ${page.total > MANY ? notice('warn', text.fix.many(page.total)) : nothing}
    <div class="scroll" tabindex="0" role="group" aria-labelledby="by-row"><table class="rows"><thead><tr><th scope="col" class="number">${text.fix.row}</th><th scope="col">${text.fix.wrong}</th>
      ${page.columns.map((column) => html`<th scope="col">${short(column, 30)}</th>`)}<th scope="col">${text.fix.leaveOut}</th></tr></thead>
      <tbody>${repeat(page.rows, (row) => row.row, tableRow)}</tbody></table></div>
    <div class="buttons">${page.cursors.length > 1 ? html`<button type="button" @click=${() => turn(-1)}>${text.fix.previous}</button>` : nothing}
      ${page.next ? html`<button type="button" @click=${() => turn(1)}>${text.fix.next}</button>` : nothing}</div></section>`;

  const accepted = (report) => report.successfulRows + report.updatedRows + report.skippedRows;
  const headline = (report) => (report.failedRows ? text.fix.mixed(accepted(report), report.failedRows) : text.fix.good(accepted(report)));

  function outcome() {
    const report = page.report;
    if (!report) {
      return nothing;
    }
    return report.failedRows === 0 ? notice('good', headline(report))
      : notice('warn', headline(report), html`${report.faults.flatMap((fault) => fault.first.slice(0, 3)).map((row) => html`<div>${text.fix.row} ${number(row.row)}: <bdi>${short(row.message, 120)}</bdi></div>`)}`);
  }

  function view() {
    if (!page.rows) {
      return page.fault ? problem(page.fault) : html`<div class="skeleton" aria-hidden="true"></div>`;
    }
    const why = changes(draft) ? '' : text.fix.changed(0, 0, 0);
    return html`<p class="back"><a href=${`#/job/${id}`}>${name(page.job.fileName, 60)}</a></p>
      <h1>${text.fix.title}</h1>
      <nav class="tabs" aria-label=${text.job.cause}><a href=${`#/job/${id}/fix`} aria-current=${cause ? nothing : 'page'}>${text.fix.all}</a>
        ${Object.entries(page.causes).map(([one, n]) => html`<a href=${`#/job/${id}/fix/${one}`} aria-current=${one === cause ? 'page' : nothing}>${causeName(one)} <span class="quiet">${number(n)}</span></a>`)}</nav>
      ${page.total === 0 ? html`<div class="empty"><h2>${cause ? text.fix.none : text.fix.done}</h2></div>` : html`
      ${page.values.length ? valueTable() : nothing}
      ${rowTable()}
      <div class="dock">${problem(page.fault)}${outcome()}<div class="buttons"><span>${text.fix.changed(page.rules.size, page.edits.size, page.out.size)}</span>
        ${button(page, text.fix.check, checkAll, { why, kind: page.report ? '' : 'primary' })}
        ${button(page, page.report ? text.fix.importN(accepted(page.report)) : text.fix.import, importAll, { why, kind: page.report ? 'primary' : '' })}</div></div>`}`;
  }

  return { title: () => text.fix.title, changed: opening(page, load, () => page.rows), view };
}
