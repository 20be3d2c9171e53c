namespace Spool;

/// <summary>Counts the lines of a scan.</summary>
/// <param name="start">What the scans before counted.</param>
sealed class LineCounts(ScanState start)
{
    readonly LogTally _tally = new(start.Totals);

    /// <summary>Gets the end of the last line.</summary>
    public long Length { get; private set; } = start.Length;

    /// <summary>Gets the number of items so far.</summary>
    public long Items => _tally.Lines;

    /// <summary>Gets the ordinal of the next item if its line carries none.</summary>
    public long NextOrdinal => _tally.NextOrdinal;

    /// <summary>Takes in a line with nothing in it.</summary>
    public void TakeBlank(LogLine line)
    {
        _tally.TakeBlank();
        Length = line.End;
    }

    /// <summary>Takes in a line, when its facts are known.</summary>
    public void Take(LogLine line, RolloutItem item, string? historyMode)
    {
        _tally.Take(item, historyMode);
        Length = line.End;
    }

    /// <summary>Gives what the next scan goes on from.</summary>
    public ScanState ToScanState(ThreadFacts facts, ulong hash, string? inheritedPreview) =>
        new()
        {
            Facts = facts,
            Length = Length,
            Totals = _tally.ToTotals(),
            Hash = hash,
            InheritedPreview = inheritedPreview,
        };
}
