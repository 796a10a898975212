-- The same guard as for secrets of credentials: a key that was retired meanwhile seals no destination of the trail.
CREATE TRIGGER "audit_sinks_key" BEFORE INSERT OR UPDATE OF "envelope", "key_id" ON "audit_sinks"
  FOR EACH ROW EXECUTE FUNCTION "refuse_retired_key"();
