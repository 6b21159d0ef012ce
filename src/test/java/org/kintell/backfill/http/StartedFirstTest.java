package org.kintell.backfill.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import jakarta.servlet.DispatcherType;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.http.problem.ApiException;
import org.springframework.mock.web.MockHttpServletRequest;
import org.springframework.mock.web.MockHttpServletResponse;

/** The service answers requests only while its routes are started. */
class StartedFirstTest {

  @Test
  void theServiceIsWellWhenEveryRouteHasStarted() throws Exception {
    try (DefaultCamelContext camel = new DefaultCamelContext()) {
      StartedFirst gate = new StartedFirst(camel);
      camel.addRoutes(
          new RouteBuilder() {
            @Override
            public void configure() {
              from("direct:first").to("direct:last");
              from("direct:last").process(exchange -> {});
            }
          });
      assertRefused(gate);

      camel.start();
      assertThat(camel.getRouteController().getRouteStatus("route2").isStarted()).isTrue();
      assertThat(pass(gate, DispatcherType.REQUEST)).isTrue();

      camel.stop();
      assertRefused(gate);
      // A waiting request gets its answer, and a refused one its problem document.
      assertThat(pass(gate, DispatcherType.ASYNC)).isTrue();
      assertThat(pass(gate, DispatcherType.ERROR)).isTrue();
    }
  }

  private static void assertRefused(StartedFirst gate) {
    assertThatThrownBy(() -> pass(gate, DispatcherType.REQUEST))
        .isInstanceOfSatisfying(
            ApiException.class,
            refused -> assertThat(refused.problem().type()).endsWith(":starting"));
  }

  private static boolean pass(StartedFirst gate, DispatcherType type) {
    MockHttpServletRequest request = new MockHttpServletRequest("GET", "/health");
    request.setDispatcherType(type);
    return gate.preHandle(request, new MockHttpServletResponse(), new Object());
  }
}
