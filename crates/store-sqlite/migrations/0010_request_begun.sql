-- What the claimant of a request said before it wrote (JSON): by it another agent can tell what
-- came of the write.
ALTER TABLE requests ADD COLUMN begun TEXT;
