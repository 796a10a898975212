-- A secret sealed with a key that was retired meanwhile must not be stored: nobody could open it. The lock makes
-- retiring wait for what is being stored and the other way round; a key that is not in the table was never retired.
-- Runs as its owner, so that a role that may only store secrets needs no right to lock keys.
CREATE FUNCTION "refuse_retired_key"() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
DECLARE
  found_state text;
BEGIN
  SELECT "state" INTO found_state FROM "encryption_keys" WHERE "id" = NEW."key_id" FOR KEY SHARE;
  IF found_state = 'retired' AND NEW."envelope" IS NOT NULL THEN
    RAISE EXCEPTION 'the key % is retired', NEW."key_id";
  END IF;
  RETURN NEW;
END
$$;

DO $$
BEGIN
  EXECUTE format('ALTER FUNCTION "refuse_retired_key"() SET search_path = %I, pg_temp', current_schema());
END
$$;

CREATE TRIGGER "credential_versions_key" BEFORE INSERT OR UPDATE OF "envelope", "key_id" ON "credential_versions"
  FOR EACH ROW EXECUTE FUNCTION "refuse_retired_key"();
