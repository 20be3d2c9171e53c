using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Spool;

/// <summary>Ends what takes too long in one of Codex's databases: the maker of the file may have put an endless query into a view or a
/// trigger.</summary>
static class SqlTime
{
    const int Steps = 50_000; // of SQLite's machine between two looks at the clock: a few milliseconds

    /// <summary>How long all reads of one connection may take. A database of 100,000 threads takes a second.</summary>
    public static TimeSpan LongestRead { get; } = TimeSpan.FromSeconds(20);

    static readonly TimeSpan ShortestChange = TimeSpan.FromSeconds(2);

    /// <summary>Says how long a change may take, which waits for others for a time.</summary>
    public static TimeSpan LongestChange(TimeSpan patience) => patience * 4 > ShortestChange ? patience * 4 : ShortestChange;

    /// <summary>Interrupts whatever runs on a connection when a time is over; it fails then (SQLITE_INTERRUPT), and a transaction is rolled
    /// back.</summary>
    public static void Limit(SqliteConnection connection, TimeSpan longest)
    {
        var started = TimeProvider.System.GetTimestamp();
        raw.sqlite3_progress_handler(connection.Handle, Steps, _ => TimeProvider.System.GetElapsedTime(started) > longest ? 1 : 0, null);
    }
}
