package org.kintell.backfill.testsupport;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import javax.sql.DataSource;
import org.springframework.beans.factory.config.BeanPostProcessor;

/** Counts the loaders' statements, below all batching and caching. */
public final class CountedStatements implements BeanPostProcessor {

  /** The threads that load chunks are named after their queue. */
  private static final String LOADER = "take-chunk";

  private final List<String> statements = new CopyOnWriteArrayList<>();

  /** The statements since the last call, in order. */
  public List<String> drain() {
    List<String> drained = List.copyOf(statements);
    statements.clear();
    return drained;
  }

  @Override
  public Object postProcessAfterInitialization(Object bean, String name) {
    return bean instanceof DataSource real ? proxy(DataSource.class, real, "") : bean;
  }

  private <T> T proxy(Class<T> type, T real, String sql) {
    return type.cast(
        Proxy.newProxyInstance(
            type.getClassLoader(),
            new Class<?>[] {type, AutoCloseable.class},
            (proxy, method, arguments) -> {
              String name = method.getName();
              boolean text =
                  arguments != null && arguments.length > 0 && arguments[0] instanceof String;
              String statement = text ? (String) arguments[0] : sql;
              if (name.startsWith("execute") || name.equals("addBatch")) {
                note(statement);
              }
              if (name.equals("unwrap")) {
                // Only COPY bypasses JDBC, with a statement each time.
                note("COPY");
              }
              try {
                Object result = method.invoke(real, arguments);
                return name.equals("unwrap") ? result : wrap(result, statement);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            }));
  }

  private void note(String statement) {
    if (Thread.currentThread().getName().contains(LOADER)) {
      statements.add(statement.strip());
    }
  }

  private Object wrap(Object result, String sql) {
    if (result instanceof Connection connection) {
      return proxy(Connection.class, connection, "");
    }
    if (result instanceof PreparedStatement prepared) {
      return proxy(PreparedStatement.class, prepared, sql);
    }
    return result instanceof Statement plain ? proxy(Statement.class, plain, "") : result;
  }
}
