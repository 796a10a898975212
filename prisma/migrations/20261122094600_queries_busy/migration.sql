-- How much runs in a workspace, counted once nobody else can begin anything before this transaction ends. A function,
-- because each statement in it sees what was committed until then: in one statement the count would be older than the lock.
CREATE FUNCTION "queries_busy"("in_workspace" text, "of_actor" text, "on_connection" text)
RETURNS TABLE ("mine" int, "here" int, "workspace" int) LANGUAGE plpgsql AS $$
BEGIN
  -- Nobody waits for the disk: the engine's audit event, without which nothing runs, takes this commit there with it.
  PERFORM set_config('synchronous_commit', 'off', true), pg_advisory_xact_lock(hashtextextended('queries ' || in_workspace, 0));
  RETURN QUERY SELECT count(*) FILTER (WHERE r.actor_id = of_actor)::int,
      count(*) FILTER (WHERE r.connection_id = on_connection)::int, count(*)::int
    FROM query_runs r
    WHERE r.workspace_id = in_workspace AND r.status = 'running'
      -- Longer than a process that lives ever takes between two signs of life.
      AND r.heartbeat_at >= now() - interval '15 seconds';
END
$$;
