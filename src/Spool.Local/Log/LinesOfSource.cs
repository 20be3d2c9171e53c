namespace Spool;

/// <summary>Reads lines of a rollout once more, which costs little when it is not compressed.</summary>
/// <param name="source">The rollout.</param>
/// <param name="maxLineBytes">Of a longer line only the beginning is given.</param>
/// <param name="room">The room that the scan has for long lines, or null.</param>
/// <param name="cancellationToken">Cancels the reading.</param>
sealed class LinesOfSource(RolloutSource source, int maxLineBytes, LongLines.Room? room, CancellationToken cancellationToken) : ILogLines
{
    /// <inheritdoc/>
    public IEnumerable<RolloutItem> Read(long start, long until)
    {
        var reader = new LogReader(source, start, until, maxLineBytes, LineMemory.Reused, room);
        for (var count = 0; reader.TryRead(out var line); count++)
        {
            if ((count & 0xff) == 0)
                cancellationToken.ThrowIfCancellationRequested();
            if (!line.IsBlank)
                yield return new RolloutItem(line.Bytes, 0, line.Length);
        }
    }
}
