"""The tables of the journal: plain columns and views, for whatever reads SQLite. Described in datasette.yaml beside this file.

log_turns           one row a turn: what was asked, heard, done, and where the range stands
log_texts           full-text index over the messages (bot/journal/search.py)
log_conversations   a view: one row a conversation
log_askings         a view: one row each time a question of ours stood open, with what became of it
log_questions       a view: one row each message that asked something, with what answered it
"""

from __future__ import annotations

from policies.database import Database, Migrations

MIGRATIONS = Migrations("log")


@MIGRATIONS()
def turns(database: Database) -> None:
    """The turns, and the index over their words."""
    for statement in (
        """CREATE TABLE log_turns (
            id INTEGER PRIMARY KEY AUTOINCREMENT,
            at TEXT NOT NULL, day TEXT NOT NULL, channel TEXT NOT NULL, person TEXT NOT NULL, conversation TEXT NOT NULL,
            turn INTEGER NOT NULL, kind TEXT NOT NULL, asked TEXT, text TEXT NOT NULL, heard TEXT NOT NULL,
            outcome TEXT NOT NULL, intent TEXT NOT NULL, act TEXT NOT NULL, answered_by TEXT NOT NULL, score REAL,
            asks TEXT, reported INTEGER NOT NULL,
            firm_before INTEGER, firm_high_before INTEGER, apart_before INTEGER, apart_high_before INTEGER,
            firm INTEGER, firm_high INTEGER, apart INTEGER, apart_high INTEGER,
            region TEXT, industries TEXT, covered TEXT NOT NULL, version INTEGER NOT NULL, ms REAL NOT NULL,
            synthetic INTEGER NOT NULL)""",
        "CREATE INDEX log_turns_conversation ON log_turns (conversation, id)",
        "CREATE INDEX log_turns_person ON log_turns (person)",
        "CREATE INDEX log_turns_day ON log_turns (day)",
        "CREATE VIRTUAL TABLE log_texts USING fts5 (text, content='log_turns', content_rowid='id', tokenize='trigram')",
        """CREATE TRIGGER log_texts_add AFTER INSERT ON log_turns WHEN new.text <> '' BEGIN
            INSERT INTO log_texts (rowid, text) VALUES (new.id, new.text); END""",
        """CREATE TRIGGER log_texts_remove AFTER DELETE ON log_turns WHEN old.text <> '' BEGIN
            INSERT INTO log_texts (log_texts, rowid, text) VALUES ('delete', old.id, old.text); END""",
    ):
        database.conn.execute(statement)


@MIGRATIONS()
def views(database: Database) -> None:
    """What analysis reads; plain SQL over the turns."""
    for statement in (
        """CREATE VIEW log_conversations AS
            SELECT t.conversation, t.channel, t.person, min(t.at) AS began_at, max(t.at) AS ended_at,
                min(t.day) AS day, count(*) AS turns,
                max(t.reported OR (t.asks IS NULL AND t.act IN ('report', 'done'))) AS completed,
                l.asks AS left_at, l.firm, l.firm_high, l.apart, l.apart_high, l.region, l.industries, l.covered,
                max(t.synthetic) AS synthetic
            FROM log_turns t
            JOIN log_turns l ON l.id = (SELECT max(id) FROM log_turns x WHERE x.conversation = t.conversation)
            GROUP BY t.conversation""",
        """CREATE VIEW log_askings AS
            WITH steps AS (
                SELECT id, conversation, day, at, asks, act,
                    lag(asks) OVER talk AS asks_before, lead(at) OVER talk AS next_at, lead(outcome) OVER talk AS next_outcome
                FROM log_turns WINDOW talk AS (PARTITION BY conversation ORDER BY id)),
            marked AS (
                SELECT *, sum(asks IS NOT asks_before) OVER (PARTITION BY conversation ORDER BY id) AS run FROM steps)
            SELECT min(id) AS turn_id, conversation, min(day) AS day, asks AS path, count(*) AS times, min(at) AS asked_at,
                coalesce(max(CASE WHEN next_outcome IN ('answered', 'skipped', 'moved') THEN next_outcome END), 'left')
                    AS outcome,
                max(CASE WHEN next_outcome IN ('answered', 'skipped') THEN
                    (julianday(next_at) - julianday(at)) * 86400 END) AS seconds
            FROM marked WHERE asks IS NOT NULL GROUP BY conversation, run, asks""",
    ):
        database.conn.execute(statement)


@MIGRATIONS()
def questions(database: Database) -> None:
    """Messages that asked; `gap`: a prepared entry says that the documents do not answer it."""
    for statement in (
        "DROP VIEW IF EXISTS log_questions",
        """CREATE VIEW log_questions AS
            SELECT id, at, day, channel, conversation, turn, asked AS point, text, intent, act, answered_by, score, region,
                CASE act WHEN 'unknown' THEN
                    iif(answered_by IN ('[]', '["not_known"]', '["not_covered"]'), 'unknown', 'gap')
                    WHEN 'choices' THEN 'choices' ELSE 'answered' END AS outcome, synthetic
            FROM log_turns WHERE act IN ('answer', 'choices', 'unknown')""",
    ):
        database.conn.execute(statement)
