-- AlterTable
ALTER TABLE "sign_in_tries" ADD COLUMN     "strikes" INTEGER NOT NULL DEFAULT 0;
