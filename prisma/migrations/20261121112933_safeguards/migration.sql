-- AlterTable
ALTER TABLE "credentials" ADD COLUMN     "inline" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "idempotent_answers" (
    "id" BYTEA NOT NULL,
    "workspace_id" TEXT,
    "body" BYTEA NOT NULL,
    "claim" TEXT NOT NULL,
    "claimed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "status" INTEGER,
    "headers" JSONB,
    "text" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotent_answers_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sign_in_tries" (
    "id" BYTEA NOT NULL,
    "count" INTEGER NOT NULL DEFAULT 1,
    "since" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "sign_in_tries_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "idempotent_answers_created_at_idx" ON "idempotent_answers"("created_at");

-- CreateIndex
CREATE INDEX "sign_in_tries_since_idx" ON "sign_in_tries"("since");

-- AddForeignKey
ALTER TABLE "idempotent_answers" ADD CONSTRAINT "idempotent_answers_workspace_id_fkey" FOREIGN KEY ("workspace_id") REFERENCES "workspaces"("id") ON DELETE CASCADE ON UPDATE CASCADE;
