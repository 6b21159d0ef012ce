package org.kintell.backfill.api;

/**
 * What there is to tell of a job's progress.
 *
 * @param id the same as long as nothing changed but the time
 * @param json the status object
 * @param last whether the job is over
 */
record ProgressEvent(String id, String json, boolean last) {}
