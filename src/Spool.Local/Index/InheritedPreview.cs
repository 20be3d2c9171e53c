namespace Spool;

/// <summary>Finds the first user message of a thread whose history begins in another rollout.</summary>
/// <param name="layout">The home.</param>
/// <param name="maxLineBytes">Longer lines are passed over.</param>
sealed class InheritedPreview(HomeLayout layout, int maxLineBytes)
{
    /// <summary>Reads the shared parts of a history from their beginning, up to the first user message.</summary>
    /// <returns>The preview, or null when there is none in them.</returns>
    public string? Read(Lineage lineage, CancellationToken cancellationToken)
    {
        string? goal = null;
        foreach (var segment in lineage.Segments.SkipLast(1))
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                using var source = RolloutSource.Open(layout.Absolute(segment.Path));
                var reader = new LogReader(source, 0, segment.End, maxLineBytes, LineMemory.Reused);
                var observer = new MetadataObserver();
                while (observer.Facts.FirstUserMessage is null && reader.TryRead(out var line))
                    observer.Observe(new RolloutItem(line.Bytes, 0, line.Length));
                if (observer.Facts.FirstUserMessage is { } preview)
                    return preview;
                goal ??= observer.Facts.Preview;
            }
            catch (Exception e) when (DiskErrors.IsOfFile(e))
            {
                return goal;
            }
        }
        return goal;
    }
}
