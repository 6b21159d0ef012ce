// The service itself: whether it works, how much waits, where to go on.
import { JOBS, get } from './api.js';
import { html, nothing, redraw } from './draw.js';
import { bytes, count, inUtc, name, number, showUtc, time } from './format.js';
import { check, live } from './live.js';
import { isSignedIn, may } from './me.js';
import { copy, fact, problem } from './parts.js';
import { text } from './texts.js';

/** Between two questions for the processes. */
const PERIOD = 5000;

export function systemPage() {
  const page = { service: null, nodes: null, fault: null };

  async function load() {
    try {
      page.service ??= await get('.');
      page.nodes = (await get(`${JOBS}/nodes`)).nodes;
      page.fault = null;
    } catch (e) {
      page.fault = e;
    }
    redraw();
  }

  load();
  check();
  const timer = setInterval(() => document.hidden || load(), PERIOD);

  const part = (key) => {
    const state = live.health?.[key];
    return state
      ? fact(text.system.parts[key], html`<span class="status ${state === 'ok' ? 'good' : key === 'nats' ? 'warn' : 'bad'}">${state === 'ok' ? text.system.ok : state}</span>
        ${key === 'nats' && state !== 'ok' ? html`<div class="quiet">${text.system.natsAway}</div>` : nothing}`)
      : nothing;
  };

  const choice = (words, utc) => html`<label class="inline"><input type="radio" name="zone" .checked=${inUtc() === utc} @change=${() => { showUtc(utc); redraw(); }}>${words}</label>`;

  const asks = () => (isSignedIn() ? html`<span class="quiet">${text.system.ownKey}</span>` : nothing);

  const cli = () => `curl -sSf ${location.origin}/cli/kintell -o kintell && chmod +x kintell`;

  /** A count of the stream, which has not come yet at first. */
  const told = (n) => (n === null ? '–' : number(n));

  function limits({ uploadBytes, waitingJobs, loaders, retentionDays }) {
    return html`<section class="card facts"><h2>${text.system.limits}</h2><dl>${fact(text.system.upload, bytes(uploadBytes))}
      ${fact(text.system.queued, number(waitingJobs))}${fact(text.system.loaders, number(loaders))}
      ${fact(text.system.retention, retentionDays ? count(retentionDays, 'day') : text.system.forever)}</dl></section>`;
  }

  function nodes() {
    const [process, loading, imports, seen] = text.system.columns;
    return html`<div class="heading"><h2 id="processes">${text.system.processes}</h2></div><table class="jobs" aria-labelledby="processes">
      <thead><tr>${text.system.columns.map((column) => html`<th scope="col">${column}</th>`)}</tr></thead>
      <tbody>${page.nodes.map((node) => html`<tr><th scope="row" data-label=${process}>${name(node.name, 60)}
          <div class="quiet">${node.version}${node.draining ? html`, ${text.system.stopping}` : nothing}</div></th>
        <td data-label=${loading}>${text.system.busy(node.chunksInFlight, node.loaders)}</td>
        <td data-label=${imports}>${number(node.jobs)}</td><td data-label=${seen}>${time(node.seenAt)}</td></tr>`)}</tbody></table>`;
  }

  return {
    title: () => text.system.title,
    leave: () => clearInterval(timer),
    view: () => html`<h1>${text.system.title}</h1>${live.away || live.database ? nothing : problem(page.fault)}<div class="columns even">
      <section class="card facts"><h2>${text.system.health}</h2><dl>${Object.keys(text.system.parts).map(part)}
        ${fact(text.system.version, page.service?.version)}</dl></section>
      <section class="card facts"><h2>${text.system.queue}</h2><dl>
        ${fact(text.system.running, told(live.running))}${fact(text.system.waiting, told(live.waiting))}${fact(text.system.events, told(live.eventsPending))}</dl></section>
      ${page.service ? limits(page.service.limits) : nothing}
      <section class="card"><h2>${text.system.times}</h2><fieldset><legend class="unseen">${text.system.times}</legend>${choice(text.system.here, false)}${choice(text.system.utc, true)}</fieldset></section>
      <section class="card"><h2>${text.system.links}</h2><ul class="plain-list">
        <li><a href="openapi.json">${text.system.openapi}</a></li>
        <li><a href="templates/kintell_sessions_template.csv" download>${text.system.template}</a></li>
        ${may('admin') ? html`<li><a href="actuator/hawtio">${text.system.hawtio}</a> ${asks()}</li>
          <li><a href="actuator/prometheus">${text.system.metrics}</a> ${asks()}</li>` : nothing}</ul></section>
      ${page.service?.links.cli ? html`<section class="card"><h2>${text.system.cli}</h2><p>${text.system.cliAdvice}</p><p><code>${cli()}</code> <button type="button" class="link" @click=${() => copy(cli())}>${text.copy}</button></p></section>` : nothing}
    </div>${page.nodes ? nodes() : nothing}`,
  };
}
