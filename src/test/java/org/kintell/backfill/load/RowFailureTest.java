package org.kintell.backfill.load;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.apache.camel.CamelContext;
import org.apache.camel.Exchange;
import org.apache.camel.Processor;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.component.mock.MockEndpoint;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.support.PluginHelper;
import org.apache.camel.support.ResourceHelper;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.csv.ChunkPlan;
import org.kintell.backfill.csv.Header;
import org.kintell.backfill.job.ChunkClaim;
import org.kintell.backfill.job.ChunkRef;
import org.kintell.backfill.job.OnDuplicate;
import org.kintell.backfill.row.Fault;
import org.kintell.backfill.row.Reject;
import org.kintell.backfill.row.Rule;
import org.kintell.backfill.store.StoredFile;
import org.kintell.backfill.testsupport.SessionFiles;
import org.yaml.snakeyaml.Yaml;

/**
 * What is no fault of a row fails its chunk, though the Dead Letter Channel sees it as well: the
 * chunk is never written without the row, and its caller tries again.
 */
class RowFailureTest {

  private static final int ATTEMPTS = 3;

  private final CamelContext camel = new DefaultCamelContext();
  private final RowSteps steps = new RowSteps();
  private Chunk chunk;
  private int failures;

  @BeforeEach
  void startTheRoutesOfRows() throws Exception {
    camel.getRegistry().bind("bindRow", (Processor) this::refuseOrFail);
    camel.getRegistry().bind("rejectRow", steps.rejectRow());
    camel.getRegistry().bind("chunkIdempotentRepository", new ChunkIdempotentRepository());
    camel.getRegistry().bind("collectOutcomes", steps.collectOutcomes());
    for (String step :
        List.of("acceptRow", "refuseDuplicate", "skipDuplicate", "updateDuplicate")) {
      camel.getRegistry().bind(step, (Processor) exchange -> {});
    }
    PluginHelper.getRoutesLoader(camel)
        .loadRoutes(
            ResourceHelper.resolveMandatoryResource(
                camel, "file:routes/00-error-handling.camel.yaml"),
            ResourceHelper.fromString("rows.camel.yaml", routes("load-rows", "reject-row")));
    camel.addRoutes(
        new RouteBuilder() {
          @Override
          public void configure() {
            from("direct:take-chunk")
                .onException(Throwable.class)
                .maximumRedeliveries(ATTEMPTS - 1)
                .redeliveryDelay(0)
                .handled(true)
                .to("mock:failed")
                .end()
                .to("direct:load-chunk");
            from("direct:load-chunk")
                .errorHandler(noErrorHandler())
                .process(RowFailureTest.this::open)
                .enrich("direct:load-rows", steps.chunkOrFailure(), true)
                .to("mock:written");
          }
        });
    camel.start();
  }

  @AfterEach
  void stop() {
    camel.stop();
  }

  private void open(Exchange exchange) {
    Header header = Header.of(SessionFiles.HEADER.strip().getBytes(UTF_8), ',', "\n");
    ChunkPlan plan =
        new ChunkPlan(0, false, 1, 3, 3, 0, 0, new long[0], new long[0], new int[0], 0);
    chunk =
        new Chunk(
            new ClaimedChunk(
                new ChunkClaim(new ChunkRef(UUID.randomUUID(), 0), 1),
                header,
                plan,
                OnDuplicate.REJECT,
                false,
                false,
                null,
                StoredFile.Version.NONE,
                List.of()),
            List.of(),
            0);
    exchange.setProperty(Chunk.PROPERTY, chunk);
    exchange.getMessage().setBody(List.of(1L, 2L, 3L).iterator());
  }

  /** Each row breaks a rule, and the second one fails for another reason while that is wanted. */
  private void refuseOrFail(Exchange exchange) {
    long row = exchange.getMessage().getBody(Long.class);
    exchange.setProperty(RowSteps.ROW, row);
    if (row == 2 && failures > 0) {
      failures--;
      throw new IllegalArgumentException("a defect");
    }
    throw new RowSteps.RefusedException(Fault.of(Rule.COLUMN_COUNT, "expected 9 found 1"));
  }

  /** These routes of the flow, without those that this test replaces. */
  private static String routes(String... ids) throws IOException {
    List<Map<String, Map<String, Object>>> all =
        new Yaml().load(Files.readString(Path.of("routes", "03-load.camel.yaml")));
    return new Yaml()
        .dump(
            all.stream()
                .filter(entry -> Set.of(ids).contains(entry.get("route").get("id")))
                .toList());
  }

  private MockEndpoint mock(String name) {
    return camel.getEndpoint("mock:" + name, MockEndpoint.class);
  }

  private void load() {
    camel.createFluentProducerTemplate().to("direct:take-chunk").send();
  }

  @Test
  void rowsThatBreakARuleAreRejects() {
    load();

    assertThat(mock("written").getReceivedCounter()).isEqualTo(1);
    assertThat(chunk.rejects()).extracting(Reject::row).containsExactly(1L, 2L, 3L);
  }

  @Test
  void aFailureThatPassesIsTriedAgain() {
    failures = ATTEMPTS - 1;

    load();

    assertThat(mock("failed").getReceivedCounter()).isZero();
    assertThat(mock("written").getReceivedCounter()).isEqualTo(1);
    assertThat(chunk.rejects()).extracting(Reject::row).containsExactly(1L, 2L, 3L);
  }

  @Test
  void aFailureThatStaysIsTheChunks() {
    failures = ATTEMPTS;

    load();

    assertThat(mock("written").getReceivedCounter()).isZero();
    assertThat(mock("failed").getReceivedCounter()).isEqualTo(1);
    assertThat(mock("failed").getExchanges().get(0).getProperty(Exchange.EXCEPTION_CAUGHT))
        .asInstanceOf(InstanceOfAssertFactories.THROWABLE)
        .hasMessageContaining("row 2")
        .hasRootCauseMessage("a defect");
  }
}
