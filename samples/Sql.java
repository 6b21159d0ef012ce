import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * Stands in for psql on a machine that has none: {@code <url> -c <statements>} or {@code <url> -f
 * <file>}. If the URL has no password, it comes from the file that PGPASSFILE names, as with psql.
 * Needs the PostgreSQL driver on the class path; the README shows how.
 */
public class Sql {

  public static void main(String[] args) throws Exception {
    if (args.length != 3 || !List.of("-c", "-f").contains(args[1])) {
      System.err.println("Usage: <postgres://user[:password]@host:port/database> -c <statements> | -f <file>");
      System.exit(2);
    }
    String sql = args[1].equals("-f") ? Files.readString(Path.of(args[2])) : args[2];
    URI uri = URI.create(args[0]);
    String[] user = uri.getUserInfo().split(":", 2);
    // Without one, the driver looks for it in the same file as psql does.
    String password = user.length > 1 ? user[1] : null;
    String url = "jdbc:postgresql://%s:%d%s".formatted(uri.getHost(), uri.getPort(), uri.getPath());
    try (Connection connection = DriverManager.getConnection(url, user[0], password);
        Statement statement = connection.createStatement()) {
      boolean rows = statement.execute(sql);
      while (rows || statement.getUpdateCount() >= 0) {
        if (rows) {
          print(statement.getResultSet());
        } else {
          System.out.println("(" + statement.getUpdateCount() + " rows changed)");
        }
        rows = statement.getMoreResults();
      }
    } catch (SQLException e) {
      System.err.println(e.getMessage());
      System.exit(1);
    }
  }

  private static void print(ResultSet result) throws SQLException {
    int columns = result.getMetaData().getColumnCount();
    List<String[]> lines = new ArrayList<>();
    String[] names = new String[columns];
    int[] widths = new int[columns];
    for (int i = 0; i < columns; i++) {
      names[i] = result.getMetaData().getColumnLabel(i + 1);
    }
    lines.add(names);
    while (result.next()) {
      String[] line = new String[columns];
      for (int i = 0; i < columns; i++) {
        String value = result.getString(i + 1);
        line[i] = value == null ? "" : value.replace("\n", "\\n");
      }
      lines.add(line);
    }
    for (String[] line : lines) {
      for (int i = 0; i < columns; i++) {
        widths[i] = Math.max(widths[i], line[i].length());
      }
    }
    for (String[] line : lines) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < columns; i++) {
        text.append(i == 0 ? " " : " | ").append(line[i]).append(" ".repeat(widths[i] - line[i].length()));
      }
      System.out.println(text.toString().stripTrailing());
      if (line == names) {
        System.out.println("-".repeat(text.length() + 1));
      }
    }
    System.out.println("(" + (lines.size() - 1) + " rows)");
  }
}
