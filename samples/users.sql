-- The users of kintell_sessions.csv. One participant of the file, erik@example.com, is left out on
-- purpose. For a real import the User Management API owns this table.
INSERT INTO users (email, name, role) VALUES
  ('john@example.com', 'John', 'participant'),
  ('alice@example.com', 'Alice', 'participant'),
  ('charlie@example.com', 'Charlie', 'participant'),
  ('sarah@example.com', 'Sarah', 'volunteer'),
  ('bob@example.com', 'Bob', 'volunteer'),
  ('diana@example.com', 'Diana', 'volunteer')
ON CONFLICT DO NOTHING;
