// Addresses of open rejects that are no user's.
import { get, ofJob, post, save, send } from './api.js';
import { MISSING } from './causes.js';
import { html, nothing } from './draw.js';
import { name, number, short } from './format.js';
import { button, notice, opening, problem } from './parts.js';
import { copyUsers, createUsers, hasStandIn } from './stand-in.js';
import { text } from './texts.js';

export function usersPage(id) {
  const page = { job: null, open: 0, users: null, total: 0, exact: true, created: 0, fault: null, busy: false };
  const path = ofJob(id, 'missing-users');

  async function load() {
    const [job, answer] = await Promise.all([get(ofJob(id, 'report')), get(path)]);
    page.job = job;
    page.open = answer.rows;
    page.users = answer.users;
    page.total = answer.total;
    page.exact = answer.exact;
  }

  async function csv() {
    const response = await send(path + '?spreadsheet=safe', { headers: { Accept: 'text/csv' } });
    save(await response.blob(), 'missing_users.csv');
  }

  async function create() {
    const missing = page.users;
    await createUsers(missing);
    await load();
    page.created = missing.length;
  }

  async function retry() {
    const child = await post(`${ofJob(id, 'retry')}?cause=${MISSING}`);
    location.hash = `#/job/${child.jobId}`;
  }

  function view() {
    if (!page.job) {
      return page.fault ? problem(page.fault) : html`<div class="skeleton" aria-hidden="true"></div>`;
    }
    const standIn = hasStandIn() && page.users.length;
    return html`<p class="back"><a href=${`#/job/${id}`}>${name(page.job.fileName, 60)}</a></p>
      <h1>${text.users.title}</h1><p>${text.users.advice}</p>${problem(page.fault)}
      ${page.created ? notice('good', text.users.created(page.created)) : nothing}
      ${page.users.length ? html`<table class="jobs"><thead><tr>${text.users.columns.map((column, i) => html`<th scope="col" class=${i % 2 ? 'number' : ''}>${column}</th>`)}</tr></thead>
        <tbody>${page.users.map((user) => html`<tr><th scope="row" data-label=${text.users.columns[0]}><bdi>${short(user.email)}</bdi></th><td class="number" data-label=${text.users.columns[1]}>${text.job.atLeast(user.rows, page.exact)}</td>
          <td data-label=${text.users.columns[2]}>${user.roles.join(', ')}</td><td class="number" data-label=${text.users.columns[3]}>${number(user.first)}</td></tr>`)}</tbody></table>
        ${page.total > page.users.length ? html`<p class="quiet">${text.users.more(page.users.length, page.exact)}</p>` : nothing}` : html`<div class="empty"><h2>${text.users.none}</h2></div>`}
      <div class="buttons">
        ${standIn ? button(page, text.users.create(page.users.length), create, { kind: 'primary' }) : nothing}
        ${page.open ? button(page, text.users.retry(page.open), retry, { kind: standIn ? '' : 'primary' }) : nothing}
        ${button(page, text.users.again, load)}
        ${page.users.length ? html`${button(page, text.users.csv, csv)}${copyUsers(page, page.users, page.total)}` : nothing}
      </div>${standIn ? html`<p class="quiet">${text.users.createAdvice}</p>` : nothing}`;
  }

  hasStandIn();
  return { title: () => text.users.title, changed: opening(page, load, () => page.job), view };
}
