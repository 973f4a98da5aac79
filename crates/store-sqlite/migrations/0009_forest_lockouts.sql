-- When a forest's domain locks accounts, as an agent last told. Names of the forest that nobody
-- has are counted by it, so that they lock like those that somebody has.

ALTER TABLE forests ADD COLUMN lockout_threshold INTEGER;
ALTER TABLE forests ADD COLUMN lockout_window INTEGER -- microseconds
    CHECK ((lockout_threshold IS NULL) = (lockout_window IS NULL));
