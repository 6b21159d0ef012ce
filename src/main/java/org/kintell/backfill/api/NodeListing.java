package org.kintell.backfill.api;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import org.kintell.backfill.database.SqlFile;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Lists the processes that load chunks on this database. */
@Repository
public class NodeListing {

  private static final String LIST = SqlFile.read("api/list-nodes");

  private final JdbcClient jdbc;

  NodeListing(JdbcClient jdbc) {
    this.jdbc = jdbc;
  }

  /** The processes, the oldest first. */
  public record Nodes(List<Node> nodes) {}

  /**
   * @param name its host and process id
   * @param loaders how many chunks it loads at once at most
   * @param draining whether it is stopping and takes no more chunks
   * @param seenAt its last sign of life, renewed every other second at least
   * @param jobs how many jobs it runs: it reports, verifies and completes them
   * @param chunksInFlight how many chunks it is loading, of whichever jobs
   */
  public record Node(
      String name,
      String version,
      int loaders,
      boolean draining,
      Instant startedAt,
      Instant seenAt,
      int jobs,
      int chunksInFlight) {}

  public Nodes list() {
    return new Nodes(
        jdbc.sql(LIST)
            .query(
                (row, number) ->
                    new Node(
                        row.getString("name"),
                        row.getString("version"),
                        row.getInt("loaders"),
                        row.getBoolean("draining"),
                        row.getObject("started_at", OffsetDateTime.class).toInstant(),
                        row.getObject("seen_at", OffsetDateTime.class).toInstant(),
                        row.getInt("jobs"),
                        row.getInt("chunks_in_flight")))
            .list());
  }
}
