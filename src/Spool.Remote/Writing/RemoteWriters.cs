namespace Spool.Remote;

/// <summary>The writers of a store that have not ended.</summary>
sealed class RemoteWriters
{
    readonly HashSet<RemoteThreadWriter> _writers = [];
    readonly Lock _gate = new();
    bool _isEnded;

    /// <summary>Adds a writer.</summary>
    /// <returns>Whether it was added; otherwise the store is disposed.</returns>
    public bool TryAdd(RemoteThreadWriter writer)
    {
        lock (_gate)
            return !_isEnded && _writers.Add(writer);
    }

    /// <summary>Removes a writer that has ended.</summary>
    public void Remove(RemoteThreadWriter writer)
    {
        lock (_gate)
            _writers.Remove(writer);
    }

    /// <summary>Disposes all writers, at once, and takes no other from now on.</summary>
    public async Task EndAllAsync()
    {
        List<RemoteThreadWriter> left;
        lock (_gate)
        {
            _isEnded = true;
            left = [.. _writers];
        }
        await Task.WhenAll(left.Select(writer => writer.DisposeAsync().AsTask())).ConfigureAwait(false);
    }
}
