namespace Spool;

/// <summary>Appends single items to the log of a thread that has no writer and whose lock is held.</summary>
sealed class LogAppend(ChangeTools tools)
{
    /// <summary>Mends the end of the log, appends an item, and puts it on the disk.</summary>
    /// <param name="locked">The thread, which is not compressed or becomes plain.</param>
    /// <param name="item">The item.</param>
    public async ValueTask AppendAsync(LockedThread locked, NewItem item)
    {
        var row = locked.Files.Current;
        if (row.State == ThreadCondition.Unreadable)
            throw new ThreadStoreException(ThreadStoreErrorCode.Corrupt, $"Thread {locked.Files.Thread.Id} is damaged. {row.StateReason}");
        await ChangeTools
            .OnDiskAsync(() =>
            {
                var rollouts = new OpenRollout(tools.Files, tools.Layout, tools.Options.MaxLineBytes, tools.Options.Log);
                var path = RolloutFileName.IsCompressed(row.Name) ? rollouts.Uncompress(row.Path) : row.Path;
                var (file, wholeLength) = rollouts.Open(path);
                using (file)
                {
                    if (wholeLength != row.Scan.Length)
                        throw UnlockedWriter.Error(locked.Files.Thread.Id);
                    Append(file, item, row.Scan.Facts.HistoryMode == HistoryModes.Paginated ? row.Scan.Totals.AppendOrdinal : null);
                }
                return path;
            })
            .ConfigureAwait(false);
    }

    void Append(RolloutFile file, NewItem item, long? ordinal)
    {
        var lines = new WriteBatch();
        try
        {
            lines.Add(item, tools.Options.Time.GetUtcNow().ToUnixTimeMilliseconds(), ordinal);
            file.Append([lines]);
            file.Sync();
        }
        catch (WriteFault fault)
        {
            throw fault.Error;
        }
        finally
        {
            lines.Release();
        }
    }
}
