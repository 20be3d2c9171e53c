namespace Spool;

/// <summary>Which rollouts are being read for the index, so that of many calls about the same thread one reads them and the others wait for it.</summary>
/// <remarks>A call has all that it reads or nothing, and never waits for another while it has something: so calls cannot wait for each other in a circle.</remarks>
sealed class RolloutReads
{
    readonly Dictionary<string, TaskCompletionSource> _reads = new(StringComparer.Ordinal);

    /// <summary>Begins to read rollouts, if no other call reads one of them.</summary>
    /// <param name="paths">The rollouts.</param>
    /// <param name="other">The end of a call that reads one of them, or null when all are read by this one.</param>
    /// <returns>Ends the reading, or does nothing where it did not begin.</returns>
    public Own Begin(IReadOnlyList<string> paths, out Task? other)
    {
        lock (_reads)
        {
            foreach (var path in paths)
            {
                if (_reads.TryGetValue(path, out var ended))
                {
                    other = ended.Task;
                    return default;
                }
            }
            other = null;
            var own = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            foreach (var path in paths)
                _reads[path] = own;
            return new Own(this, paths, own);
        }
    }

    void End(IReadOnlyList<string> paths, TaskCompletionSource own)
    {
        lock (_reads)
        {
            foreach (var path in paths)
                _reads.Remove(path);
        }
        own.SetResult();
    }

    /// <summary>Ends the reading.</summary>
    public readonly struct Own(RolloutReads reads, IReadOnlyList<string> paths, TaskCompletionSource own) : IDisposable
    {
        /// <inheritdoc/>
        public void Dispose() => reads?.End(paths, own);
    }
}
