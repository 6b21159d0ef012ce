package org.kintell.backfill.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kintell.backfill.config.WrongSettingException;

class DatabaseUrlTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = ' ',
      nullValues = "-",
      value = {
        "postgres://me:secret@db:5433/kintell jdbc:postgresql://db:5433/kintell me secret",
        "postgresql://me:secret@db/kintell jdbc:postgresql://db/kintell me secret",
        "postgres://db/kintell jdbc:postgresql://db/kintell - -",
        "postgres://me@db/kintell jdbc:postgresql://db/kintell me -",
        "postgres://m%40e:a%3Ab%2Fc+d@db/k?sslmode=require jdbc:postgresql://db/k?sslmode=require m@e a:b/c+d",
        "postgres://me:a:b@[::1]:5432/k jdbc:postgresql://[::1]:5432/k me a:b",
        "postgres://me:a'b${c}#{d}?e:f@db/k jdbc:postgresql://db/k me a'b${c}#{d}?e:f",
        "jdbc:postgresql://db/k?user=me&password=secret jdbc:postgresql://db/k?user=me&password=secret - -"
      })
  void readsWhatPsqlReads(String url, String jdbcUrl, String user, String password) {
    assertThat(DatabaseUrl.parse(url)).isEqualTo(new DatabaseUrl(jdbcUrl, user, password));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mysql://me:secret@db/k",
        "db:5432",
        "postgres://",
        "postgres://db",
        "nonsense",
        "postgres://me:sec ret@db/k",
        "postgres://me:secret@/k",
        "postgres://me:sec%ret@db/k",
        "postgres://me:5/secret@db/k",
        "postgres://me:5@secret@db/k",
        "postgres://me:secret",
        "postgres://me/secret:x@db/k",
        "postgres://me@secret",
        "postgres://me:x,secret@db",
        "secret",
        "jdbc:postgresql://me:5/secret@db/k",
        "jdbc:postgresql://me:secret@db/k",
        "http://db/k",
        "postgres://me:secret@db:99999/k",
        "postgres://me:secret@db:port/k",
        "jdbc:postgresql://db:port/k?password=secret"
      })
  void saysWhatIsAllowedAndNoPassword(String url) {
    assertThatThrownBy(() -> DatabaseUrl.parse(url))
        .isInstanceOf(WrongSettingException.class)
        .hasMessageStartingWith("Invalid DATABASE_URL '")
        .hasMessageContaining("expected postgres://user:password@host:port/database")
        .hasMessageNotContaining("secret")
        .hasMessageNotContaining("sec ret");
  }

  @Test
  void hidesPasswordsInLogs() {
    assertThat(DatabaseUrl.withoutPassword("postgres://me:p@ss:w@db/k"))
        .isEqualTo("postgres://me:***@db/k");
    assertThat(DatabaseUrl.withoutPassword("jdbc:postgresql://db/k?password=secret&user=me"))
        .isEqualTo("jdbc:postgresql://db/k");
  }
}
