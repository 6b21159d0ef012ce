package org.kintell.backfill.database;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kintell.backfill.config.WrongSettingException;

/**
 * Address of the database, for JDBC.
 *
 * @param jdbcUrl without user and password, unless the original was a JDBC URL
 * @param user or null
 * @param password or null
 */
public record DatabaseUrl(String jdbcUrl, String user, String password) {

  private static final String JDBC = "jdbc:postgresql:";

  /**
   * The parts as psql reads them: {@code /}, {@code @}, white space and {@code %} in a password
   * must be percent-encoded.
   */
  private static final Pattern URI_FORM =
      Pattern.compile("(postgres(?:ql)?://)(?:([^@/\\s:]*)(?::([^@/\\s]*))?@)?([^@\\s]+)");

  private static final Pattern JDBC_FORM = Pattern.compile(JDBC + "[^@?]*(?:\\?.*)?");

  /** Scheme, user, host with port, database: the text that counts as a URL for display. */
  private static final Pattern SHOWN =
      Pattern.compile(
          "([a-z:]+://)(?:([^:/@?#\\s]*)(?::.*)?@)?([^@:/?#\\s\\[\\]]+|\\[[0-9A-Fa-f:.]+])"
              + "((?::\\d+)?/[^@/?#\\s]*)(?:\\?.*)?",
          Pattern.DOTALL);

  /**
   * Reads {@code postgres://user:pass@host:port/db?…}, {@code postgresql://…} or {@code
   * jdbc:postgresql://…}.
   *
   * @throws WrongSettingException for any other text
   */
  public static DatabaseUrl parse(String url) {
    DatabaseUrl parsed = url.startsWith(JDBC) ? ofJdbc(url) : ofUri(url);
    try {
      // The driver parses the rest, such as the port, without connecting.
      DriverManager.getDriver(parsed.jdbcUrl());
      return parsed;
    } catch (SQLException e) {
      throw wrong(url);
    }
  }

  private static DatabaseUrl ofJdbc(String url) {
    if (!JDBC_FORM.matcher(url).matches()) {
      throw wrong(url);
    }
    return new DatabaseUrl(url, null, null);
  }

  private static DatabaseUrl ofUri(String url) {
    Matcher parts = URI_FORM.matcher(url);
    if (!parts.matches()) {
      throw wrong(url);
    }
    try {
      URI uri = URI.create(parts.group(1) + parts.group(4));
      if (uri.getHost() != null && uri.getRawPath().length() > 1 && uri.getRawFragment() == null) {
        String port = uri.getPort() < 0 ? "" : ":" + uri.getPort();
        String query = uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery();
        return new DatabaseUrl(
            JDBC + "//" + uri.getHost() + port + uri.getRawPath() + query,
            decode(parts.group(2)),
            decode(parts.group(3)));
      }
    } catch (IllegalArgumentException e) {
      // Reported below, because this exception repeats the password.
    }
    throw wrong(url);
  }

  private static WrongSettingException wrong(String url) {
    return new WrongSettingException(
        "DATABASE_URL",
        withoutPassword(url),
        "postgres://user:password@host:port/database, postgresql://… or jdbc:postgresql://…; in user"
            + " and password, percent-encode / @ : % and spaces (@ is %40)");
  }

  /** Null of null. */
  private static String decode(String text) {
    return text == null
        ? null
        : URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /** Host, port and database, fit for a log. */
  public static String address(String url) {
    return withoutPassword(url).replaceFirst("^.*://([^@]*@)?", "");
  }

  /**
   * The same URL, fit for a log: without password and parameters. Nothing is shown if the password
   * cannot be located.
   */
  public static String withoutPassword(String url) {
    Matcher parts = SHOWN.matcher(url);
    if (!parts.matches()) {
      return url.isEmpty() ? "" : "***";
    }
    boolean credentials = parts.group(2) != null;
    return parts.group(1)
        + (credentials ? parts.group(2) + ":***@" : "")
        + parts.group(3)
        + parts.group(4);
  }
}
