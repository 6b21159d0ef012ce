package org.kintell.backfill.trail;

import org.apache.camel.ServiceStatus;
import org.apache.camel.spi.CamelEvent;
import org.apache.camel.spi.CamelEvent.RouteEvent;
import org.apache.camel.spi.CamelEvent.RouteStartedEvent;
import org.apache.camel.spi.CamelEvent.RouteStoppedEvent;
import org.apache.camel.support.EventNotifierSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.stereotype.Component;

/** Records routes that are stopped or started by JMX, except during the service's own start. */
@Component
class RouteTrail extends EventNotifierSupport {

  private static final Logger LOG = LoggerFactory.getLogger(RouteTrail.class);

  private final Trail trail;

  RouteTrail(Trail trail) {
    this.trail = trail;
    setIgnoreExchangeEvents(true);
  }

  @Override
  public boolean isEnabled(CamelEvent event) {
    return event instanceof RouteStartedEvent || event instanceof RouteStoppedEvent;
  }

  @Override
  public void notify(CamelEvent event) {
    RouteEvent route = (RouteEvent) event;
    if (route.getRoute().getCamelContext().getStatus() != ServiceStatus.Started) {
      return;
    }
    String id = route.getRoute().getRouteId();
    boolean started = event instanceof RouteStartedEvent;
    Actor actor = Actor.viaJmx();
    LOG.warn("Route {} {} by {}", id, started ? "started" : "stopped", actor);
    try {
      actor.run(() -> trail.note(started ? "route-started" : "route-stopped", null, id));
    } catch (DataAccessException e) {
      // A route must be stoppable during a database outage; the log records it.
      LOG.warn("Not in the trail, because the database is unavailable: route {}", id);
    }
  }
}
