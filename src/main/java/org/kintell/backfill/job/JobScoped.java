package org.kintell.backfill.job;

import java.util.UUID;

/** Anything that travels on behalf of a job. */
public interface JobScoped {
  UUID jobId();
}
