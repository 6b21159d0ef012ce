package org.kintell.backfill.cli.terminal;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Timer;
import java.util.TimerTask;

/**
 * The progress of several tasks: on a terminal a moving line for each, elsewhere a line at the
 * start, every ten seconds and at each change of status.
 */
public final class Progress implements AutoCloseable {

  private static final Duration BETWEEN_LINES = Duration.ofSeconds(10);
  private static final long BETWEEN_FRAMES = Duration.ofMillis(100).toNanos();
  private static final long BETWEEN_WIDTHS = Duration.ofSeconds(2).toNanos();
  private static final String SEPARATOR = "  ";
  private static final int SHORTEST_NAME = 12;

  private final Terminal terminal;
  private final Output output;
  private final boolean shown;
  private final Duration betweenLines;
  private final Step[] steps;
  private final long[] lastLines;
  private Timer repeater;
  private long lastFrame;
  private long lastWidth;
  private int width;

  /**
   * A step of a task.
   *
   * @param name of the task
   * @param status each change writes a line
   * @param facts the most important first; on a narrow terminal the last ones are left out
   */
  public record Step(String name, String status, List<String> facts) {}

  /**
   * @param count of tasks
   * @param shown whether anything is shown
   */
  public Progress(Terminal terminal, Output output, int count, boolean shown) {
    this(terminal, output, count, shown, BETWEEN_LINES);
  }

  Progress(Terminal terminal, Output output, int count, boolean shown, Duration betweenLines) {
    this.terminal = terminal;
    this.output = output;
    this.shown = shown;
    this.betweenLines = betweenLines;
    steps = new Step[count];
    lastLines = new long[count];
  }

  /** Shows a step of the task with this number, if it is time. */
  public synchronized void show(int number, Step step) {
    if (!shown) {
      return;
    }
    Step before = steps[number];
    boolean changed = before == null || !before.status().equals(step.status());
    steps[number] = step;
    long now = System.nanoTime();
    if (terminal.movesLines()) {
      if (changed || now - lastFrame >= BETWEEN_FRAMES) {
        lastFrame = now;
        draw(now);
      }
    } else {
      startRepeating();
      if (changed || now - lastLines[number] >= betweenLines.toNanos()) {
        writeLine(number, now);
      }
    }
  }

  private void writeLine(int number, long now) {
    lastLines[number] = now;
    output.notice(line(steps[number], Integer.MAX_VALUE));
  }

  /** A step may last long without being shown again: a check answers only at its end. */
  private void startRepeating() {
    if (repeater == null) {
      repeater = new Timer("progress", true);
      long millis = betweenLines.dividedBy(10).toMillis();
      repeater.schedule(
          new TimerTask() {
            @Override
            public void run() {
              repeat();
            }
          },
          millis,
          millis);
    }
  }

  private synchronized void repeat() {
    long now = System.nanoTime();
    for (int number = 0; number < steps.length; number++) {
      if (steps[number] != null && now - lastLines[number] >= betweenLines.toNanos()) {
        writeLine(number, now);
      }
    }
  }

  /** Removes the moving line of the task with this number. */
  public synchronized void end(int number) {
    steps[number] = null;
    if (shown && terminal.movesLines()) {
      draw(System.nanoTime());
    }
  }

  @Override
  public synchronized void close() {
    Arrays.fill(steps, null);
    if (repeater != null) {
      repeater.cancel();
    }
    if (shown && terminal.movesLines()) {
      output.pin(List.of());
    }
  }

  private void draw(long now) {
    if (width == 0 || now - lastWidth >= BETWEEN_WIDTHS) {
      lastWidth = now;
      width = terminal.width();
    }
    // The last column stays free: a line that fills it would wrap.
    output.pin(
        Arrays.stream(steps).filter(Objects::nonNull).map(step -> line(step, width - 1)).toList());
  }

  private static String line(Step step, int room) {
    List<String> parts = new ArrayList<>(List.of(shortened(step.name(), room), step.status()));
    parts.addAll(step.facts().stream().filter(fact -> !fact.isEmpty()).toList());
    while (parts.size() > 2 && String.join(SEPARATOR, parts).length() > room) {
      parts.remove(parts.size() - 1);
    }
    String line = String.join(SEPARATOR, parts);
    // A terminal that is even narrower.
    return line.length() <= room ? line : line.substring(0, room);
  }

  /** A name takes no more than half of a line. */
  private static String shortened(String name, int room) {
    String harmless = Text.harmless(name);
    int most = Math.max(room / 2, SHORTEST_NAME);
    return harmless.length() <= most ? harmless : harmless.substring(0, most - 2) + "..";
  }
}
