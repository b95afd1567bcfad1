// A workload for SQLite: what an application does with a database. The first argument is the database, the second how much is done.
// Prints a checksum of what was read; the status is 0 only if all went well.
#include <stdio.h>
#include <stdlib.h>

#include "sqlite3.h"

static sqlite3 *db;
static unsigned long long sum = 14695981039346656037ULL;

static void check(int rc, const char *what) {
	if (rc != SQLITE_OK && rc != SQLITE_ROW && rc != SQLITE_DONE) {
		fprintf(stderr, "%s: %s\n", what, db ? sqlite3_errmsg(db) : sqlite3_errstr(rc));
		exit(1);
	}
}

static void run(const char *sql) { check(sqlite3_exec(db, sql, NULL, NULL, NULL), sql); }

static sqlite3_stmt *prepare(const char *sql) {
	sqlite3_stmt *s = NULL;
	check(sqlite3_prepare_v2(db, sql, -1, &s, NULL), sql);
	return s;
}

static void mix(const unsigned char *text) {
	for (; text != NULL && *text != 0; text++) sum = (sum ^ *text) * 1099511628211ULL;
}

// step runs a statement to its end, mixes what it returns, and makes it ready to be used again.
static void step(sqlite3_stmt *s) {
	int rc;
	while ((rc = sqlite3_step(s)) == SQLITE_ROW) {
		for (int i = 0; i < sqlite3_column_count(s); i++) mix(sqlite3_column_text(s, i));
	}
	check(rc, sqlite3_sql(s));
	sqlite3_reset(s);
}

static void query(const char *sql) {
	sqlite3_stmt *s = prepare(sql);
	step(s);
	sqlite3_finalize(s);
}

static unsigned seed = 1;

static int number(int below) {
	seed = seed * 1103515245u + 12345u;
	return (int)((seed >> 8) % (unsigned)below);
}

static void insert(const char *sql, int from, int to, int others) {
	sqlite3_stmt *s = prepare(sql);
	char text[64];
	for (int i = from; i < to; i++) {
		snprintf(text, sizeof text, "item %d of %d, shelf %d", i, others, number(1000));
		sqlite3_bind_int(s, 1, i);
		sqlite3_bind_int(s, 2, number(others));
		sqlite3_bind_text(s, 3, text, -1, SQLITE_TRANSIENT);
		step(s);
	}
	sqlite3_finalize(s);
}

static void each(const char *sql, int times, int below) {
	sqlite3_stmt *s = prepare(sql);
	for (int i = 0; i < times; i++) {
		sqlite3_bind_int(s, 1, number(below));
		step(s);
	}
	sqlite3_finalize(s);
}

int main(int argc, char **argv) {
	int size = argc > 2 ? atoi(argv[2]) : 1, rows = 4000 * size, owners = 500 * size;
	// There are no locks under WASI, and nobody else who would open the database.
	check(sqlite3_open_v2(argc > 1 ? argv[1] : ":memory:", &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, "unix-none"), "open");
	run("PRAGMA cache_size=200; CREATE TABLE item(id INTEGER PRIMARY KEY, owner INTEGER, label TEXT);"
	    "CREATE TABLE owner(id INTEGER PRIMARY KEY, city INTEGER, name TEXT);");
	run("BEGIN");
	insert("INSERT INTO item VALUES(?1, ?2, ?3)", 0, rows, owners);
	insert("INSERT INTO owner VALUES(?1, ?2, ?3)", 0, owners, 50);
	run("COMMIT");
	insert("INSERT INTO item VALUES(?1, ?2, ?3)", rows, rows + 25 * size, owners); // a transaction for each
	each("SELECT label FROM item WHERE id = ?1", rows, rows);
	each("SELECT count(*), sum(length(label)) FROM item WHERE owner = ?1", 20 * size, owners); // without an index: the whole table
	run("CREATE INDEX by_owner ON item(owner); CREATE INDEX by_label ON item(label)");
	each("SELECT count(*), sum(length(label)) FROM item WHERE owner = ?1", rows, owners);
	query("SELECT city, count(*), max(label) FROM item JOIN owner ON owner.id = item.owner GROUP BY city ORDER BY 2, 1");
	query("SELECT label FROM item WHERE label LIKE '%shelf 77%' ORDER BY label");
	each("UPDATE item SET label = label || ' moved' WHERE owner = ?1", 10 * size, owners); // a transaction for each
	run("BEGIN; UPDATE item SET owner = (owner * 7 + id) % 1000; ROLLBACK");
	run("BEGIN; UPDATE item SET owner = owner + 1 WHERE id % 3 = 0; DELETE FROM item WHERE id % 5 = 0; COMMIT");
	run("VACUUM");
	query("SELECT sum(id), sum(owner), group_concat(substr(label, 6, 3), '') FROM item");
	sqlite3_stmt *s = prepare("PRAGMA integrity_check");
	if (sqlite3_step(s) != SQLITE_ROW || sqlite3_stricmp((const char *)sqlite3_column_text(s, 0), "ok") != 0) {
		fprintf(stderr, "integrity_check: %s\n", sqlite3_column_text(s, 0));
		return 1;
	}
	sqlite3_finalize(s);
	check(sqlite3_close(db), "close");
	printf("%016llx\n", sum);
	return 0;
}
