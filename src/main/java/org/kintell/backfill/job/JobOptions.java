package org.kintell.backfill.job;

/** How a job is to be run, chosen when it is created. */
public record JobOptions(OnDuplicate onDuplicate, ErrorBudget budget) {

  /** What holds where nothing is chosen. */
  public static final JobOptions DEFAULT = new JobOptions(OnDuplicate.REJECT, ErrorBudget.NONE);
}
