package org.kintell.backfill.ops;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.regex.Pattern;
import org.slf4j.LoggerFactory;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * The last lines of the log in memory, for the support bundle: the service does not know where its
 * standard output goes.
 */
class RecentLog implements ApplicationContextInitializer<ConfigurableApplicationContext> {

  private static final String BEAN = "recentLog";
  private static final String PATTERN =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level [%thread] %logger{0}: %msg%n%ex{5}";

  private static final Pattern EMAIL =
      Pattern.compile("(?<![^\\s<>\"',;])[^\\s<>\"',;]+@[^\\s<>\"',;@]+\\.\\w+");

  /** One per process, because all its applications share one log. */
  private static Lines lines;

  /** Starts recording, also for the time before Spring creates beans. */
  @Override
  public void initialize(ConfigurableApplicationContext context) {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext logback) {
      context.getBeanFactory().registerSingleton(BEAN, attached(logback));
    }
  }

  /** Spring detaches and stops all appenders when it reconfigures logging. */
  private static synchronized Lines attached(LoggerContext logback) {
    if (lines == null) {
      lines = new Lines(logback);
    }
    lines.start();
    Logger root = logback.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    if (root.getAppender(BEAN) == null) {
      root.addAppender(lines);
    }
    return lines;
  }

  /** Keeps at most 1,000 lines of at most 2,000 characters. */
  static final class Lines extends AppenderBase<ILoggingEvent> {

    private static final int MOST = 1_000;
    private static final int LONGEST = 2_000;

    private final PatternLayoutEncoder encoder = new PatternLayoutEncoder();
    private final Deque<String> lines = new ArrayDeque<>();

    private Lines(LoggerContext logback) {
      encoder.setContext(logback);
      encoder.setPattern(PATTERN);
      encoder.setCharset(StandardCharsets.UTF_8);
      setName(BEAN);
      setContext(logback);
    }

    @Override
    public void start() {
      encoder.start();
      super.start();
    }

    @Override
    protected synchronized void append(ILoggingEvent event) {
      String line = new String(encoder.encode(event), StandardCharsets.UTF_8);
      lines.add(line.length() > LONGEST ? line.substring(0, LONGEST) + "…\n" : line);
      if (lines.size() > MOST) {
        lines.remove();
      }
    }

    /** The oldest first; text that looks like an e-mail address is removed. */
    synchronized String text() {
      return EMAIL.matcher(String.join("", lines)).replaceAll("(e-mail)");
    }
  }
}
