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
 * Where the database is, for JDBC.
 *
 * @param jdbcUrl without user and password, where the original was not a JDBC URL already
 * @param user or null
 * @param password or null
 */
public record DatabaseUrl(String jdbcUrl, String user, String password) {

  private static final String JDBC = "jdbc:postgresql:";

  /**
   * The parts as psql finds them: a password may hold anything but {@code /}, {@code @}, white
   * space and {@code %}, which must be percent-encoded.
   */
  private static final Pattern URI_FORM =
      Pattern.compile("(postgres(?:ql)?://)(?:([^@/\\s:]*)(?::([^@/\\s]*))?@)?([^@\\s]+)");

  private static final Pattern JDBC_FORM = Pattern.compile(JDBC + "[^@?]*(?:\\?.*)?");

  /** Scheme, user, host with port, database: what is taken for a URL as a whole, to be shown. */
  private static final Pattern SHOWN =
      Pattern.compile(
          "([a-z:]+://)(?:([^:/@?#\\s]*)(?::.*)?@)?([^@:/?#\\s\\[\\]]+|\\[[0-9A-Fa-f:.]+])"
              + "((?::\\d+)?/[^@/?#\\s]*)(?:\\?.*)?",
          Pattern.DOTALL);

  /**
   * Reads {@code postgres://user:pass@host:port/db?…}, {@code postgresql://…} or {@code
   * jdbc:postgresql://…}.
   *
   * @throws WrongSettingException when it is none of them
   */
  public static DatabaseUrl parse(String url) {
    DatabaseUrl parsed = url.startsWith(JDBC) ? ofJdbc(url) : ofUri(url);
    try {
      // The driver's own reading, as of the port, which says nothing about who answers there.
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
      // Said below, without the password that the exception repeats.
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
   * The same URL, fit for a log: without password and parameters. Where it is not certain what the
   * password is, nothing is shown.
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
