package org.kintell.backfill.api.progress;

import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.kintell.backfill.api.progress.ProgressWatcher.Event;
import org.kintell.backfill.api.progress.ProgressWatcher.State;

/**
 * The jobs of the list at one time, as JSON that is created once for all clients. A client gets all
 * of them first, and later the changed ones.
 *
 * @param totals the members of the JSON object that count the jobs and events of the database
 * @param jobs the event of each job, in the order of the list
 * @param listed the jobs that a new client gets; the others were in earlier states
 * @param deleted every job of an earlier state that no longer exists
 */
record ListState(String totals, Map<UUID, Event> jobs, Set<UUID> listed, Set<UUID> deleted)
    implements State {

  @Override
  public boolean sameAs(State other) {
    return other instanceof ListState known
        && known.totals.equals(totals)
        && known.deleted.equals(deleted)
        && changedSince(known).findAny().isEmpty();
  }

  @Override
  public Event since(State known) {
    ListState before = known instanceof ListState last ? last : null;
    Stream<Event> changed = before == null ? listed.stream().map(jobs::get) : changedSince(before);
    String removed =
        before == null || before.deleted.equals(deleted)
            ? ""
            : deleted.stream()
                .filter(id -> !before.deleted.contains(id))
                .map(id -> '"' + id.toString() + '"')
                .collect(Collectors.joining(",", ",\"removed\":[", "]"));
    String json =
        changed
            .map(Event::json)
            .collect(
                Collectors.joining(
                    ",",
                    "{" + (before == null ? "\"whole\":true," : "") + totals + ",\"jobs\":[",
                    "]" + removed + "}"));
    return new Event(null, json, false);
  }

  private Stream<Event> changedSince(ListState known) {
    return jobs.entrySet().stream()
        .filter(
            job -> {
              Event before = known.jobs.get(job.getKey());
              return before == null || !before.id().equals(job.getValue().id());
            })
        .map(Map.Entry::getValue);
  }
}
