namespace Spool.Storage;

/// <summary>The writers that a store opened and that have not ended, so that disposing the store ends them.</summary>
/// <remarks>Beside <see cref="OngoingCalls"/>, which has the calls of the store itself. Safe for concurrent use.</remarks>
/// <typeparam name="TWriter">The writers of the store.</typeparam>
/// <param name="store">The type that an <see cref="ObjectDisposedException"/> names.</param>
public sealed class OpenWriters<TWriter>(Type store)
    where TWriter : class, IThreadWriter
{
    readonly HashSet<TWriter> _writers = [];
    readonly Lock _gate = new();
    bool _isEnded;

    /// <summary>Adds a writer.</summary>
    /// <param name="writer">The writer, which no caller has yet.</param>
    /// <exception cref="ObjectDisposedException">The store was disposed meanwhile. The writer is not added, and is to be given
    /// back.</exception>
    public TWriter Add(TWriter writer)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isEnded, store);
            _writers.Add(writer);
        }
        return writer;
    }

    /// <summary>Removes a writer that has ended, or does nothing.</summary>
    /// <param name="writer">The writer.</param>
    public void Remove(TWriter writer)
    {
        lock (_gate)
            _writers.Remove(writer);
    }

    /// <summary>Gives those that there are now.</summary>
    public IReadOnlyList<TWriter> ToList()
    {
        lock (_gate)
            return [.. _writers];
    }

    /// <summary>Disposes all writers at once, storing what can be stored, and takes no other from now on.</summary>
    public async Task EndAllAsync()
    {
        List<TWriter> left;
        lock (_gate)
        {
            _isEnded = true;
            left = [.. _writers];
        }
        await Task.WhenAll(left.Select(writer => writer.DisposeAsync().AsTask())).ConfigureAwait(false);
    }
}
