-- A job that is set to failed by hand says so, and what can be done; what it said before is no longer
-- true. The service itself never sets a job to failed without a reason.
CREATE FUNCTION backfill_explain_failure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  NEW.message := 'Set to failed by hand. What was imported stays. Call resume to go on, or rollback to'
                 ' take it back.';
  RETURN NEW;
END $$;

CREATE TRIGGER backfill_jobs_explain BEFORE UPDATE OF status ON backfill_jobs
  FOR EACH ROW
  WHEN (NEW.status = 'failed' AND OLD.status <> 'failed'
        AND NEW.message IS NOT DISTINCT FROM OLD.message)
  EXECUTE FUNCTION backfill_explain_failure();
