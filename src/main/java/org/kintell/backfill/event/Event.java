package org.kintell.backfill.event;

import com.fasterxml.jackson.annotation.JsonIgnore;
import java.time.Instant;
import java.util.UUID;

/**
 * The envelope of every event, as JSON: {@code type}, {@code data}, {@code metadata}.
 *
 * @param type also the subject
 * @param data depends on the type
 */
public record Event(String type, Object data, Metadata metadata) {

  static final String VERSION = "v1";

  /**
   * @param id the same each time the event is published; also its {@code Nats-Msg-Id}
   * @param timestamp when the change was committed
   * @param correlationId the job
   */
  public record Metadata(UUID id, String version, Instant timestamp, UUID correlationId) {}

  static Event of(String type, UUID id, Instant timestamp, UUID jobId, Object data) {
    return new Event(type, data, new Metadata(id, VERSION, timestamp, jobId));
  }

  @JsonIgnore
  String id() {
    return metadata.id().toString();
  }
}
