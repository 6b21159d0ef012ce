-- None where the address is taken, in whatever case: an import would not know which one is meant.
INSERT INTO users (email, name, role)
SELECT :email, :name, :role
 WHERE NOT EXISTS (SELECT FROM users WHERE lower(email) = lower(:email))
ON CONFLICT (email) DO NOTHING
RETURNING id, email, name, role, created_at
