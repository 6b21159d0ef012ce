package org.kintell.backfill;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.DriverManager;
import java.sql.SQLException;

/**
 * Where the database is, for JDBC.
 *
 * @param jdbcUrl without user and password, where the original was not a JDBC URL already
 * @param user or null
 * @param password or null
 */
public record DatabaseUrl(String jdbcUrl, String user, String password) {

  private static final String JDBC = "jdbc:postgresql:";

  /**
   * Reads {@code postgres://user:pass@host:port/db?…}, {@code postgresql://…} or {@code
   * jdbc:postgresql://…}.
   *
   * @throws WrongSettingException when it is none of them
   */
  public static DatabaseUrl parse(String url) {
    DatabaseUrl parsed = url.startsWith(JDBC) ? new DatabaseUrl(url, null, null) : ofUri(url);
    try {
      // The driver's own reading, as of the port, which says nothing about who answers there.
      DriverManager.getDriver(parsed.jdbcUrl());
      return parsed;
    } catch (SQLException e) {
      throw wrong(url);
    }
  }

  private static DatabaseUrl ofUri(String url) {
    URI uri = uri(url);
    String[] user =
        uri.getRawUserInfo() == null ? new String[0] : uri.getRawUserInfo().split(":", 2);
    String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
    String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
    return new DatabaseUrl(
        JDBC + "//" + uri.getHost() + port + uri.getRawPath() + query,
        user.length > 0 ? decode(user[0]) : null,
        user.length > 1 ? decode(user[1]) : null);
  }

  private static URI uri(String url) {
    try {
      URI uri = URI.create(url);
      boolean known = "postgres".equals(uri.getScheme()) || "postgresql".equals(uri.getScheme());
      if (known && uri.getHost() != null && uri.getRawPath().length() > 1) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // Said below, without the password that the exception repeats.
    }
    throw wrong(url);
  }

  private static WrongSettingException wrong(String url) {
    return new WrongSettingException(
        "DATABASE_URL",
        withoutPassword(url),
        "postgres://user:password@host:port/database, postgresql://… or jdbc:postgresql://…");
  }

  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /** The same URL, fit for a log. */
  static String withoutPassword(String url) {
    return url.replaceAll("(//[^:/@]*):.*@", "$1:***@")
        .replaceAll("password=[^&]*", "password=***");
  }
}
