/**
 * What Prometheus sees: counts, times and sizes over all jobs. No label has more values than are
 * known beforehand; what there is to know of one job is in its status and its report.
 */
package org.kintell.backfill.metrics;
