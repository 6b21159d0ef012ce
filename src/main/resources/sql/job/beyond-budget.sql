-- Whether more rows of the job were rejected than its error budget allows; NULL counts as no. The rate counts
-- once there are 100 rows, or the whole of a shorter file, so that one bad row at the top is not everything.
-- A job with a budget counts each chunk in its row as the chunk is committed.
(job.failed_rows > job.max_errors
 OR (job.failed_rows > job.max_error_rate * job.processed_rows
     AND job.processed_rows >= least(100, job.total_rows)))
