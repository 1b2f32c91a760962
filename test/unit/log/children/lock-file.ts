/** Holds an exclusive lock on a SQLite file until it is killed. */
import Database from 'better-sqlite3';

const database = new Database(process.argv[2]);
database.pragma('locking_mode = EXCLUSIVE');
database.exec('BEGIN EXCLUSIVE');
console.log('locked');
process.stdin.resume();
