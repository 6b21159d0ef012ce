-- As particular as the table itself, but for foreign keys and triggers, and gone with the transaction.
CREATE TEMPORARY TABLE tried_sessions
  (LIKE kintell_sessions INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED INCLUDING INDEXES)
  ON COMMIT DROP
