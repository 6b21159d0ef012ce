package org.kintell.backfill.job;

/** The options of a job, chosen when it is created. */
public record JobOptions(OnDuplicate onDuplicate, ErrorBudget budget) {

  /** The options of a job created without any. */
  public static final JobOptions DEFAULT = new JobOptions(OnDuplicate.REJECT, ErrorBudget.NONE);

  /** The same for another job or a dry run of the rows, which have no error budget. */
  public JobOptions withoutBudget() {
    return new JobOptions(onDuplicate, ErrorBudget.NONE);
  }
}
