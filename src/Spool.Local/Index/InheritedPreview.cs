namespace Spool;

/// <summary>Finds the first user message of a thread whose history begins in another rollout.</summary>
/// <param name="layout">The home.</param>
/// <param name="maxLineBytes">Of a longer line only the beginning is read.</param>
/// <param name="opening">Is called with the path of each rollout that is about to be opened, or null.</param>
sealed class InheritedPreview(HomeLayout layout, int maxLineBytes, Action<string>? opening = null)
{
    /// <summary>Reads the shared parts of a history from their beginning, up to the first user message.</summary>
    /// <param name="lineage">The history.</param>
    /// <param name="preview">The preview, or null when there is none in them.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>Whether all that was needed could be read. A part that is moved at this moment cannot: then nothing is known of the
    /// preview.</returns>
    public bool TryRead(Lineage lineage, out string? preview, CancellationToken cancellationToken)
    {
        preview = null;
        foreach (var segment in lineage.Segments.SkipLast(1))
        {
            cancellationToken.ThrowIfCancellationRequested();
            try
            {
                opening?.Invoke(segment.Path);
                using var source = RolloutSource.Open(layout.Absolute(segment.Path));
                if (source.Stamp is { } stamp && segment.File.Stamp.Inode > 0 && stamp.Inode != segment.File.Stamp.Inode)
                    return false; // another one took its place; the scan of that one looks again at those that continue it
                var reader = new LogReader(source, 0, segment.End, maxLineBytes, LineMemory.Reused);
                var observer = new MetadataObserver();
                while (observer.Facts.FirstUserMessage is null && reader.TryRead(out var line))
                    observer.Observe(new RolloutItem(line.Bytes, 0, line.Length));
                preview = observer.Facts.FirstUserMessage ?? preview ?? observer.Facts.Preview;
                if (observer.Facts.FirstUserMessage is not null)
                    return true;
            }
            catch (Exception e) when (DiskErrors.IsOfFile(e))
            {
                return e is not (FileNotFoundException or DirectoryNotFoundException);
            }
        }
        return true;
    }
}
