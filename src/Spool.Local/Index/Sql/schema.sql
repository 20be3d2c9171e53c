CREATE TABLE meta (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL
) WITHOUT ROWID;

-- One row a rollout: what identifies its state on disk, what was learned from it, and how it is found as a thread. Every text is in it once where that
-- is possible, and has a bound: the thread as lists show it is put together from the row when it is read.
CREATE TABLE rollouts (
    key INTEGER PRIMARY KEY AUTOINCREMENT, -- no two rows ever have the same
    path TEXT NOT NULL,
    size INTEGER NOT NULL,
    modified_ns INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    changed_ns INTEGER NOT NULL,
    claimed_id BLOB NOT NULL,
    rollout_id BLOB NOT NULL,
    base_id BLOB,
    base_known INTEGER NOT NULL, -- whether it is known that base_id is what it continues, or that it continues nothing
    state INTEGER NOT NULL,
    state_reason TEXT,
    scan BLOB NOT NULL,
    tracker BLOB,
    overlay TEXT NOT NULL,
    overlay_of TEXT, -- the stamp of Codex's files that the overlay is of; null: the one in meta; empty: of no state that has one stamp
    preview TEXT,
    inherited TEXT,
    listed INTEGER NOT NULL DEFAULT 0,
    thread_id BLOB,
    archived INTEGER NOT NULL,
    created_ms INTEGER NOT NULL DEFAULT 0,
    updated_ms INTEGER NOT NULL DEFAULT 0,
    recency_ms INTEGER NOT NULL DEFAULT 0,
    condition INTEGER NOT NULL DEFAULT 0,
    shown_reason TEXT,
    source TEXT,
    provider TEXT,
    cwd TEXT,
    name TEXT,
    parent_id BLOB,
    is_agent INTEGER NOT NULL DEFAULT 0, -- whether it is a sub-agent
    branch TEXT,
    repository TEXT -- its form, for comparison
);

-- A path has one row. This holds all that a look at the disk is compared with, so that the comparison does not read the rows, which are long.
CREATE INDEX rollouts_stamp ON rollouts (path, size, modified_ns, inode, changed_ns);
CREATE INDEX rollouts_thread ON rollouts (thread_id) WHERE thread_id IS NOT NULL;
CREATE INDEX rollouts_claimed ON rollouts (claimed_id);
CREATE INDEX rollouts_rollout ON rollouts (rollout_id);
CREATE INDEX rollouts_unreadable ON rollouts (condition, path) WHERE condition = 3;
CREATE INDEX rollouts_base ON rollouts (base_id) WHERE base_id IS NOT NULL;
CREATE INDEX rollouts_base_unknown ON rollouts (path) WHERE base_known = 0;
CREATE INDEX rollouts_overlay_of ON rollouts (key) WHERE overlay_of IS NOT NULL;
CREATE INDEX rollouts_parent ON rollouts (parent_id, archived, listed, created_ms, thread_id) WHERE parent_id IS NOT NULL;
-- is_agent is last, so that lists of roots pass over sub-agents, and count them, without their rows.
CREATE INDEX rollouts_created ON rollouts (archived, listed, created_ms, thread_id, is_agent);
CREATE INDEX rollouts_updated ON rollouts (archived, listed, updated_ms, thread_id, is_agent);
CREATE INDEX rollouts_recency ON rollouts (archived, listed, recency_ms, thread_id, is_agent);
CREATE INDEX rollouts_cwd ON rollouts (archived, listed, cwd, created_ms, thread_id);
CREATE INDEX rollouts_source ON rollouts (archived, listed, source, created_ms, thread_id);
CREATE INDEX rollouts_provider ON rollouts (archived, listed, provider, created_ms, thread_id);

-- Folders in which every name had a row when they had this stamp, and the names of the folders in them, with slashes between.
CREATE TABLE folders (
    path TEXT PRIMARY KEY,
    modified_ns INTEGER NOT NULL,
    inode INTEGER NOT NULL,
    changed_ns INTEGER NOT NULL,
    folders TEXT NOT NULL
) WITHOUT ROWID;

-- Where the turns of a rollout are. A turn is identified by where its first record begins.
CREATE TABLE turns (
    rollout INTEGER NOT NULL,
    start_offset INTEGER NOT NULL,
    end_offset INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    id BLOB NOT NULL, -- the 16 bytes of a UUID, else the text
    first_item INTEGER NOT NULL,
    items INTEGER NOT NULL,
    opening INTEGER NOT NULL,
    PRIMARY KEY (rollout, start_offset)
) WITHOUT ROWID;

CREATE INDEX turns_ordinal ON turns (rollout, ordinal);
CREATE INDEX turns_id ON turns (rollout, id);

-- Records of a turn that lie far outside its range.
CREATE TABLE outlying_records (
    rollout INTEGER NOT NULL,
    turn_start INTEGER NOT NULL,
    offset INTEGER NOT NULL,
    length INTEGER NOT NULL,
    PRIMARY KEY (rollout, turn_start, offset)
) WITHOUT ROWID;
