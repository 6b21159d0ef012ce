package org.kintell.backfill.job.run;

import com.google.common.collect.ConcurrentHashMultiset;
import com.google.common.collect.Multiset;
import java.sql.SQLException;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.camel.Body;
import org.apache.camel.Exchange;
import org.apache.camel.ExchangeProperty;
import org.apache.camel.support.SynchronizationAdapter;
import org.kintell.backfill.config.Quantity;
import org.kintell.backfill.job.ChunkRef;
import org.kintell.backfill.job.Job;
import org.kintell.backfill.job.JobRepository;
import org.kintell.backfill.job.JobStatus;
import org.kintell.backfill.trail.Actor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.event.ContextClosedEvent;
import org.springframework.context.event.EventListener;
import org.springframework.stereotype.Component;

/** The jobs that this process runs, each with the feed of its chunks. */
@Component
public class JobRuns {

  private static final Logger LOG = LoggerFactory.getLogger(JobRuns.class);

  /** The exchange property that holds the feed of a run. */
  private static final String FEED = "feed";

  private final JobRepository jobs;
  private final Loaders loaders;
  private final Throttle throttle;
  private final Map<UUID, ChunkFeed> feeds = new ConcurrentHashMap<>();

  /** The jobs whose turn is here or to come in this process, each as often as it was asked for. */
  private final Multiset<UUID> dispatched = ConcurrentHashMultiset.create();

  private volatile boolean closing;

  JobRuns(JobRepository jobs, Loaders loaders, Throttle throttle) {
    this.jobs = jobs;
    this.loaders = loaders;
    this.throttle = throttle;
  }

  /** Asks for a job to run here; false when it waits or runs already, or is over. */
  public boolean enqueue(@Body UUID jobId) {
    dispatched.add(jobId);
    boolean queued = false;
    try {
      queued = jobs.enqueue(jobId);
      if (queued) {
        LOG.info("Job queued, jobId: {}, by {}", jobId, Actor.current());
      }
    } finally {
      if (!queued) {
        dispatched.remove(jobId);
      }
    }
    return queued;
  }

  /**
   * The jobs that nobody runs although they are to run: their process is gone, or they were left in
   * this one by a failure that nobody foresaw.
   */
  public List<UUID> stranded() throws SQLException {
    List<UUID> jobIds = jobs.takeOver(dispatched.elementSet());
    dispatched.addAll(jobIds);
    return jobIds;
  }

  /** Starts a job whose turn has come; null when it was not asked to run here, or is over. */
  public Job begin(@Body UUID jobId, Exchange exchange) throws InterruptedException {
    ChunkFeed feed = feed(jobId, exchange);
    takeTurn(jobId, feed);
    Job job = null;
    try {
      job = closing ? null : jobs.begin(jobId).orElse(null);
    } finally {
      if (job == null) {
        feeds.remove(jobId, feed);
      }
    }
    if (job != null) {
      LOG.info("Job running, jobId: {}, {}", jobId, Quantity.of(job.totalRows(), "row"));
    }
    return job;
  }

  /** One for each turn, however often its beginning is tried. */
  private ChunkFeed feed(UUID jobId, Exchange exchange) {
    ChunkFeed feed = exchange.getProperty(FEED, ChunkFeed.class);
    if (feed == null) {
      feed = new ChunkFeed(jobId, loaders.permits(), throttle);
      exchange.setProperty(FEED, feed);
      exchange.getExchangeExtension().addOnCompletion(new Leave(jobId, feed));
    }
    return feed;
  }

  /** A job that was stopped and resumed at once may still have chunks on the way: they go first. */
  private void takeTurn(UUID jobId, ChunkFeed feed) throws InterruptedException {
    for (ChunkFeed earlier = feeds.putIfAbsent(jobId, feed);
        earlier != null;
        earlier = feeds.putIfAbsent(jobId, feed)) {
      earlier.stop();
      earlier.awaitLoaded();
      feeds.remove(jobId, earlier);
    }
  }

  /** The chunks of a job that are still to be loaded, as loaders become free. */
  public Iterator<ChunkRef> chunks(@Body Job job, @ExchangeProperty(FEED) ChunkFeed feed) {
    if (job.options().budget().isLimited()) {
      feed.checked(loaders::count);
    }
    feed.fill(jobs.pendingChunks(job.id(), false), jobs.pendingChunks(job.id(), true));
    if (closing) {
      feed.stop();
    }
    return feed;
  }

  /** Waits until the chunks handed out are loaded; true when that were all. */
  public boolean awaitLoaded(@Body Job job, @ExchangeProperty(FEED) ChunkFeed feed)
      throws InterruptedException {
    try {
      boolean all = feed.awaitLoaded();
      if (!all) {
        LOG.info("Job stopped, jobId: {}: {}", job.id(), reason(job.id()));
      }
      return all;
    } finally {
      feeds.remove(job.id(), feed);
    }
  }

  /** Why a run ended before the job's last chunk. */
  private String reason(UUID jobId) {
    if (closing) {
      return "this process shuts down";
    }
    Job job = jobs.find(jobId).orElse(null);
    if (job == null) {
      return "it was deleted";
    }
    if (job.requested() != null) {
      return job.requested() + " requested";
    }
    return job.status() == JobStatus.RUNNING
        ? "another process took it over"
        : "it is " + job.status().stored();
  }

  /** Lets the next chunk be handed out. */
  public void chunkDone(@ExchangeProperty("ref") ChunkRef chunk) {
    ChunkFeed feed = feeds.get(chunk.jobId());
    if (feed != null) {
      feed.done(chunk.chunkNo());
    }
  }

  /** Whether chunks of any job are being loaded. */
  public boolean areLoading() {
    return !feeds.isEmpty();
  }

  /** The jobs that run here. */
  Set<UUID> running() {
    return Set.copyOf(feeds.keySet());
  }

  /** Hands out no more chunks of a job. */
  public void stop(UUID jobId) {
    ChunkFeed feed = feeds.get(jobId);
    if (feed != null) {
      feed.stop();
    }
  }

  /** Whatever came of its turn, a job that is still to run then belongs to the stranded ones. */
  private final class Leave extends SynchronizationAdapter {
    private final UUID jobId;
    private final ChunkFeed feed;

    Leave(UUID jobId, ChunkFeed feed) {
      this.jobId = jobId;
      this.feed = feed;
    }

    @Override
    public void onDone(Exchange exchange) {
      if (feed.isIdle()) {
        feeds.remove(jobId, feed);
      }
      dispatched.remove(jobId);
    }
  }

  /** On the way down jobs stop at a chunk boundary, and go on at the next start. */
  @EventListener(ContextClosedEvent.class)
  void close() {
    if (!closing) {
      LOG.info(
          "Stopping: {}; they continue at the next start",
          Quantity.of(feeds.size(), "running job"));
    }
    closing = true;
    feeds.values().forEach(ChunkFeed::stop);
  }
}
