-- How many routines, enums and extensions a schema holds is counted without walking over its tables.
CREATE INDEX "source_objects_named_idx" ON "source_objects"("connection_id", "type", "schema") WHERE "until_at" IS NULL AND "type" <> 'relation';
