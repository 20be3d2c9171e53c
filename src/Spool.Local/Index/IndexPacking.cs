using Microsoft.Data.Sqlite;

namespace Spool;

/// <summary>Writes an index anew, page by page, after it grew much: rollouts come newest first, and pages that are filled from their end
/// stay half empty.</summary>
static class IndexPacking
{
    const string MetaName = "packed";
    const long LeastGrowth = 1000;

    /// <summary>Packs the index when it has twice as many rollouts as the last time, so that it is done seldom however large it
    /// becomes.</summary>
    /// <remarks>Costs about as much as a tenth of indexing them. Whatever prevents it, the index is as good as before.</remarks>
    public static void PackIfGrown(IndexConnection connection)
    {
        var table = new RolloutTable(connection);
        // Keys count up; deleted ones matter little here.
        var now = connection.Scalar("SELECT max(key) FROM rollouts") as long? ?? 0;
        if (now < LeastGrowth + 2 * (long.TryParse(table.Meta(MetaName), out var last) ? last : 0))
            return;
        connection.Write(() => table.SetMeta(MetaName, FormattableString.Invariant($"{now}")));
        try
        {
            connection.Execute("PRAGMA temp_store = FILE"); // the copy may be large
            connection.Execute("VACUUM");
        }
        catch (SqliteException)
        {
            // Another process reads or writes it, or there is no space for a copy.
        }
        finally
        {
            connection.Execute("PRAGMA temp_store = MEMORY");
        }
    }
}
