-- AlterTable
ALTER TABLE "rotation_tests" ADD COLUMN     "lease_by" TEXT,
ADD COLUMN     "lease_until" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "rotations" ADD COLUMN     "rotate_reason" TEXT;

-- A credential has one rotation at a time, whatever two requests believe.
CREATE UNIQUE INDEX "rotations_open" ON "rotations"("credential_id") WHERE "state" IN ('testing', 'ready', 'failed', 'soaking');
-- What an engine looks for every second.
CREATE INDEX "rotations_unfinished" ON "rotations"("created_at") WHERE "state" IN ('testing', 'ready', 'failed', 'soaking');
