package org.kintell.backfill.trail;

import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.MDC;

/**
 * The actor on whose behalf a thread works. It is kept in the MDC, so that JSON logs show it too.
 *
 * @param name of a key, the subject of a token, or one of those here
 * @param address of the caller, or null
 * @param requestId or null
 */
public record Actor(String name, String address, String requestId) {

  /** The service itself. */
  public static final Actor SERVICE = new Actor("service", null, null);

  /** A file in the watched folder. */
  public static final Actor INBOX = new Actor("inbox", null, null);

  /** A caller of a service without keys. */
  public static final String LOCAL = "local";

  private static final String JMX = "jmx";

  private static final String NAME_KEY = "actor";
  private static final String ADDRESS_KEY = "address";
  private static final String REQUEST_KEY = "requestId";
  private static final int LONGEST_NAME = 255;

  /** Reserved names, which have a meaning of their own in the trail. */
  private static final Set<String> RESERVED = Set.of("inbox", JMX, LOCAL, "service", "sql");

  /** Replaces characters that would break a line of the log. */
  public Actor {
    name = name.replaceAll("\\p{Cntrl}", "_");
    name = name.substring(0, Math.min(name.length(), LONGEST_NAME));
  }

  /** Whether a name, or its part before a colon, is reserved. */
  public static boolean isReserved(String name) {
    return RESERVED.contains(name.split(":", 2)[0]);
  }

  /** The actor of this thread; the service if none is bound. */
  public static Actor current() {
    String name = MDC.get(NAME_KEY);
    return name == null ? SERVICE : new Actor(name, MDC.get(ADDRESS_KEY), MDC.get(REQUEST_KEY));
  }

  /** Whether an actor is bound to this thread. */
  public static boolean isBound() {
    return MDC.get(NAME_KEY) != null;
  }

  /** The JMX actor of this thread; {@code jmx} alone if the caller is unknown. */
  public static Actor viaJmx() {
    Actor caller = current();
    boolean known = isBound() && !caller.name.equals(LOCAL);
    return new Actor(known ? JMX + ":" + caller.name : JMX, caller.address, caller.requestId);
  }

  /** Binds this actor to the thread, until the MDC is cleared or {@link #unbind}. */
  public void bind() {
    MDC.put(NAME_KEY, name);
    if (address != null) {
      MDC.put(ADDRESS_KEY, address);
    }
    if (requestId != null) {
      MDC.put(REQUEST_KEY, requestId);
    }
  }

  /** Removes the actor from this thread. */
  public static void unbind() {
    MDC.remove(NAME_KEY);
    MDC.remove(ADDRESS_KEY);
  }

  /** Runs an action as this actor. */
  public void run(Runnable action) {
    call(
        () -> {
          action.run();
          return null;
        });
  }

  /** The same for an action with a result. */
  public <T> T call(Supplier<T> action) {
    Map<String, String> before = MDC.getCopyOfContextMap();
    bind();
    try {
      return action.get();
    } finally {
      MDC.setContextMap(Objects.requireNonNullElse(before, Map.of()));
    }
  }

  /** The form for a line of the log. */
  @Override
  public String toString() {
    return address == null ? name : name + " from " + address;
  }
}
