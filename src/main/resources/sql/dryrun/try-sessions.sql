-- The same constraints as the real table, except foreign keys and triggers.
CREATE TEMPORARY TABLE tried_sessions
  (LIKE kintell_sessions INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING GENERATED INCLUDING INDEXES)
  ON COMMIT DROP
