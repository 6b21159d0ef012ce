-- Rejects of a job in runs that are spread over the rows of its file. A run begins at any place in its part of the
-- file, because values may recur at equal intervals.
(SELECT picked.*
   FROM (SELECT first, last, greatest((last - first) / :runs, :length) AS step
           FROM (SELECT min(source_row) AS first, max(source_row) AS last
                   FROM backfill_rejects
                  WHERE job_id = :jobId) AS ends) AS span,
        generate_series(span.first, span.last, span.step) AS start,
        LATERAL (SELECT *
                   FROM backfill_rejects
                  WHERE job_id = :jobId
                    AND source_row >= start + start * 2654435761 % (span.step - :length + 1)
                    AND source_row < start + span.step
                  ORDER BY source_row
                  LIMIT :length) AS picked)
