package org.kintell.backfill.testsupport;

import java.util.List;
import java.util.Locale;

/** Other spellings of the same address, which only some parsers normalise. */
public final class Spellings {

  private Spellings() {}

  /** Each leads to the path for some parser; none is the path itself. */
  public static List<String> of(String path) {
    int end = path.indexOf('/', 1) < 0 ? path.length() : path.indexOf('/', 1);
    String first = path.substring(0, end);
    String rest = path.substring(end);
    int last = path.lastIndexOf('/');
    String before = path.substring(0, last);
    String name = path.substring(last + 1);
    return List.of(
        "/" + path,
        "/." + path,
        "/%2e" + path,
        "/x/.." + path,
        "/x/%2e%2e" + path,
        "/x/%2E." + path,
        "/x/..;" + path,
        "/x/..;a=b" + path,
        "/health/.." + path,
        "/openapi.json/..;" + path,
        "/;" + path,
        "/;a=b/" + path.substring(1),
        first + ";a=b" + rest,
        first + "//" + (rest.isEmpty() ? "" : rest.substring(1)),
        encoded(first) + rest,
        before + encoded("/" + name),
        before + encoded("/" + name).toUpperCase(Locale.ROOT),
        before + "%2f" + name,
        before + "%5c" + name,
        before + "\\" + name,
        before + "/%25" + encoded("/" + name).substring(2),
        before + "/%c0%ae%c0%ae/" + name,
        path + ";a=b",
        path + ";/x",
        path + "/",
        path + "//",
        path + "/.",
        path + "/x/..",
        path + "%20",
        path + "%00",
        path + "%0a",
        path + "%3b",
        path + "%3fa",
        path + "%23a",
        path + ".json");
  }

  /** The first character after the slash, percent-encoded. */
  private static String encoded(String segment) {
    return segment.length() < 2
        ? segment + "%2e"
        : "/%%%02x%s".formatted((int) segment.charAt(1), segment.substring(2));
  }
}
