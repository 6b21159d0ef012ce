package org.kintell.backfill.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.kintell.backfill.testsupport.BackfillClient;
import org.kintell.backfill.testsupport.IntegrationTest;
import org.kintell.backfill.testsupport.SessionFiles;
import org.kintell.backfill.testsupport.Sessions;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.jdbc.core.simple.JdbcClient;

/** Each job finds the users of its own time, whatever a job shortly before has found. */
@IntegrationTest
class UserLookupIT {

  @Autowired BackfillClient client;
  @Autowired Sessions sessions;
  @Autowired JdbcClient jdbc;

  @Test
  void usersThatChangeBetweenTwoJobsAreFoundAsTheyAre() {
    sessions.addUsers("john@example.com", SessionFiles.VOLUNTEER);
    imported("S-1");
    assertThat(participantOf("S-1")).isEqualTo(idOf("john@example.com"));

    add("JOHN@example.com");
    assertThat(imported("S-2")).isZero();
    add("John@example.com");
    assertThat(imported("S-3")).isOne();
    assertThat(participantOf("S-3")).isEqualTo(idOf("John@example.com"));

    jdbc.sql("UPDATE users SET email = 'other@example.com' WHERE email = 'John@example.com'")
        .update();
    add("John@example.com");
    assertThat(imported("S-4")).isOne();
    assertThat(participantOf("S-4")).isEqualTo(idOf("John@example.com"));
  }

  private void add(String email) {
    jdbc.sql("INSERT INTO users (id, email) VALUES (gen_random_uuid(), ?)").param(email).update();
  }

  /** The number of imported rows. */
  private int imported(String id) {
    String row = SessionFiles.row(id, "4").replace(SessionFiles.PARTICIPANT, "John@example.com");
    return client
        .importFile(id + ".csv", (SessionFiles.HEADER + row).getBytes())
        .path("successfulRows")
        .asInt();
  }

  private UUID participantOf(String id) {
    return jdbc.sql("SELECT participant_id FROM kintell_sessions WHERE external_session_id = ?")
        .param(id)
        .query(UUID.class)
        .single();
  }

  private UUID idOf(String email) {
    return jdbc.sql("SELECT id FROM users WHERE email = ?").param(email).query(UUID.class).single();
  }
}
