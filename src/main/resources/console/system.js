// The service itself: whether it works, how much waits, where to go on.
import { get } from './api.js';
import { html, nothing, redraw } from './draw.js';
import { inUtc, number, showUtc } from './format.js';
import { check, live } from './live.js';
import { isSignedIn, may } from './me.js';
import { copy, fact } from './parts.js';
import { text } from './texts.js';

export function systemPage() {
  const page = { service: null };
  get('.').then((service) => {
    page.service = service;
    redraw();
  }).catch(() => {});
  check();

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

  return {
    title: () => text.system.title,
    view: () => html`<h1>${text.system.title}</h1><div class="columns even">
      <section class="card facts"><h2>${text.system.health}</h2><dl>${Object.keys(text.system.parts).map(part)}
        ${fact(text.system.version, page.service?.version)}</dl></section>
      <section class="card facts"><h2>${text.system.queue}</h2><dl>
        ${fact(text.system.running, number(live.running))}${fact(text.system.waiting, number(live.waiting))}${fact(text.system.events, number(live.eventsPending))}</dl></section>
      <section class="card"><h2>${text.system.times}</h2><fieldset><legend class="unseen">${text.system.times}</legend>${choice(text.system.here, false)}${choice(text.system.utc, true)}</fieldset></section>
      <section class="card"><h2>${text.system.links}</h2><ul class="plain-list">
        <li><a href="openapi.json">${text.system.openapi}</a></li>
        <li><a href="templates/kintell_sessions_template.csv" download>${text.system.template}</a></li>
        ${may('admin') ? html`<li><a href="actuator/hawtio">${text.system.hawtio}</a> ${asks()}</li>
          <li><a href="actuator/prometheus">${text.system.metrics}</a> ${asks()}</li>` : nothing}</ul></section>
      ${page.service?.links.cli ? html`<section class="card"><h2>${text.system.cli}</h2><p>${text.system.cliAdvice}</p><p><code>${cli()}</code> <button type="button" class="link" @click=${() => copy(cli())}>${text.copy}</button></p></section>` : nothing}
    </div>`,
  };
}
