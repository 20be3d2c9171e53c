namespace Spool;

/// <summary>The writers of a store that have not ended.</summary>
sealed class OpenWriters
{
    readonly HashSet<LocalThreadWriter> _writers = [];
    readonly Lock _gate = new();
    bool _isEnded;

    /// <summary>Adds a writer.</summary>
    /// <exception cref="ObjectDisposedException">The store has been closed meanwhile.</exception>
    public LocalThreadWriter Add(LocalThreadWriter writer)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isEnded, typeof(LocalThreadStore));
            _writers.Add(writer);
        }
        return writer;
    }

    /// <summary>Removes a writer that has ended.</summary>
    public void Remove(LocalThreadWriter writer)
    {
        lock (_gate)
            _writers.Remove(writer);
    }

    /// <summary>Counts the writers, and the bytes that they have to write.</summary>
    public (int Writers, long Bytes) Sum()
    {
        lock (_gate)
            return (_writers.Count, _writers.Sum(writer => writer.PendingBytes));
    }

    /// <summary>Ends all writers, storing what can be stored.</summary>
    public async Task EndAllAsync()
    {
        List<LocalThreadWriter> left;
        lock (_gate)
        {
            _isEnded = true;
            left = [.. _writers];
        }
        await Task.WhenAll(left.Select(writer => writer.DisposeAsync().AsTask())).ConfigureAwait(false);
    }
}
