-- What a thing was before, by its name: when one table changed.
CREATE INDEX "source_objects_past_idx" ON "source_objects"("connection_id", "type", "schema", "name") WHERE "until_at" IS NOT NULL;
