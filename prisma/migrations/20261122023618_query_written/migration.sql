-- AlterTable
ALTER TABLE "query_runs" ADD COLUMN "written" TEXT;
